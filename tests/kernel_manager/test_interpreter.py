"""Kernels on another Python environment: a fork server of its own, or a clear refusal."""

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kernel_manager import KernelConfig, KernelSession, KernelStartError, interpreter, warm
from kernel_manager.types import Isolation
from tests._requirements import requirement
from tests.kernel_manager._environment import make_environment
from tests.kernel_manager._levels import LEVELS
from tests.kernel_manager._outputs import result_of

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(os.name != "posix", reason="links are made")]

LOOK = """
import sys, importlib.util
sys.prefix, importlib.util.find_spec("numpy") is None, importlib.util.find_spec("kernel_manager") is None
"""


@pytest.fixture(scope="module")
def another() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mge-") as folder:
        yield make_environment(Path(folder) / "env")


@requirement("interpreter:other")
@pytest.mark.parametrize("level", ["none", *LEVELS])
async def test_kernels_of_another_environment_run_beside_our_own(
    fork_servers: None, another: Path, level: Isolation
) -> None:
    config = KernelConfig(isolation=level, python=another)
    prefix = str(another.parents[1])
    async with (
        warm(config),
        await KernelSession.start(config) as session,
        await KernelSession.start(KernelConfig(isolation=level)) as ours,
    ):
        assert result_of(await session.execute(LOOK, timeout_s=30)) == repr((prefix, True, True))
        assert sys.prefix in result_of(await ours.execute(LOOK, timeout_s=30))
        told = await session.execute("!python -c 'import sys; print(sys.prefix)'", timeout_s=30)
        assert prefix in str(told.outputs)


@requirement("interpreter:refused")
@pytest.mark.parametrize("level", ["none", *LEVELS[:1]])
async def test_what_is_no_environment_for_kernels_is_refused_in_one_sentence(
    anyio_backend: str, tmp_path: Path, level: Isolation
) -> None:
    bare = make_environment(tmp_path / "bare", kernel=False)
    for python, words in (
        (bare, "ipykernel is not installed for .*bare.*install ipykernel 7.4"),
        (tmp_path / "missing", "cannot be used as the kernels' Python"),
        (Path("/bin/true"), "cannot be used as the kernels' Python"),
    ):
        with pytest.raises(KernelStartError, match=words):
            await KernelSession.start(KernelConfig(isolation=level, python=python))


@requirement("interpreter:refused")
@pytest.mark.ci
async def test_a_library_set_that_is_not_there_is_refused(anyio_backend: str, another: Path) -> None:
    with pytest.raises(KernelStartError, match=r"numpy, .*lifelines are missing; .*medgym\[science\]"):
        await KernelSession.start(KernelConfig(isolation=LEVELS[0], libraries="science", python=another))


@requirement("interpreter:refused")
def test_versions_that_were_never_tested_make_no_fork_server() -> None:
    own = interpreter.find()
    interpreter.require(own, forks=True)
    older = replace(own, packages=own.packages | {"ipykernel": "6.29.5"})
    interpreter.require(older, forks=False)
    with pytest.raises(KernelStartError, match=r"ipykernel 6.29.5 .* never tested"):
        interpreter.require(older, forks=True)
    with pytest.raises(KernelStartError, match=r"Python 3.10.2; kernels need 3.11"):
        interpreter.require(replace(own, version=(3, 10, 2)), forks=False)


@requirement("interpreter:other")
def test_an_interpreter_asked_as_a_program_tells_what_it_tells_from_inside() -> None:
    asked = interpreter.find(Path(sys.executable))
    own = interpreter.find()
    assert (asked.program, asked.version, asked.prefixes) == (own.program, own.version, own.prefixes)
    assert (asked.importable, asked.packages) == (own.importable, own.packages)
    assert asked.own_traces
