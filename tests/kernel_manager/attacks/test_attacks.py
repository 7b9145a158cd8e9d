"""The four classes whose attacks are harmless to try: none comes through, and nothing is harmed."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType

import anyio
import pytest

from kernel_manager.types import Isolation
from tests._requirements import requirement
from tests.kernel_manager._levels import LEVELS, NAMESPACED
from tests.kernel_manager.attacks import arena, neighbours, secrets
from tests.kernel_manager.attacks.arena import Arena
from tests.kernel_manager.attacks.catalog import HARMLESS, attacks
from tests.kernel_manager.attacks.kit import Attack

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(not LEVELS, reason="no isolation on this machine")]

EACH = [
    pytest.param(module, each, id=f"{module.__name__.rpartition('.')[2]}-{each.run.__name__}")
    for module in HARMLESS
    for each in attacks(module)
]
CONTROLS = [each for each in EACH if isinstance(each.values[1], Attack) and each.values[1].control]


@pytest.fixture(scope="module")
async def field(fork_servers: None, level: Isolation) -> AsyncIterator[Arena]:
    """One arena a level for all attacks: they leave it as it was, or a test fails."""
    with tempfile.TemporaryDirectory(prefix="mga-") as folder:
        await anyio.Path(folder).chmod(0o755)
        async with Arena.open(level, Path(folder) / "server", list(HARMLESS)) as opened:
            yield opened


@requirement("isolation:attacks")
@pytest.mark.parametrize("level", LEVELS, scope="module")
@pytest.mark.parametrize(("module", "attack"), EACH)
async def test_no_attack_comes_through(
    field: Arena, level: Isolation, module: ModuleType, attack: Attack
) -> None:
    told = await field.attempt(module, attack.name)
    if level not in attack.stopped:  # the table says so, and must not say too much
        assert told["succeeded"], told
    else:
        assert not told["succeeded"], told
        assert arena.CANARY not in told["said"]
    await field.unharmed()


@pytest.mark.ci
@requirement("isolation:attacks")
@pytest.mark.parametrize("level", ["none"], scope="module")
@pytest.mark.parametrize(("module", "attack"), CONTROLS)
async def test_what_is_harmless_succeeds_where_nothing_stops_it(
    field: Arena, level: Isolation, module: ModuleType, attack: Attack
) -> None:
    told = await field.attempt(module, attack.name)
    assert told["succeeded"], told["said"][:200]
    field.server.drain()
    await field.unharmed()


@requirement("isolation:attacks")
@pytest.mark.parametrize("level", NAMESPACED, scope="module")
@pytest.mark.parametrize(
    ("module", "name", "error"),
    [
        (secrets, "read the answers", "FileNotFoundError"),
        (neighbours, "signal the server", "ProcessLookupError"),
        (neighbours, "reach a sibling's socket", "FileNotFoundError"),
    ],
)
async def test_what_is_forbidden_is_not_even_there(
    field: Arena, level: Isolation, module: ModuleType, name: str, error: str
) -> None:
    assert (await field.attempt(module, name))["said"].startswith(error)


@pytest.mark.ci
@requirement("isolation:attacks")
@pytest.mark.parametrize("level", LEVELS)
async def test_richer_kernels_read_no_secrets_either(
    anyio_backend: str, level: Isolation, tmp_path: Path
) -> None:
    async with Arena.open(level, tmp_path / "server", [secrets], libraries="science") as opened:
        told = {each.name: await opened.attempt(secrets, each.name) for each in secrets.ATTACKS}
        await opened.unharmed()
    claimed = {each.name for each in secrets.ATTACKS if level in each.stopped}
    assert [name for name in claimed if told[name]["succeeded"]] == []
    assert not any(arena.CANARY in each["said"] for each in told.values())
