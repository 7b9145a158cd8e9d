"""Isolated kernels attack the server and the machine. Never run any of this outside one."""

import json
import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from kernel_manager import KernelConfig, KernelSession
from kernel_manager.zygote.job import Level
from tests._requirements import requirement
from tests.kernel_manager import _attacks
from tests.kernel_manager._levels import LEVELS, NAMESPACED
from tests.kernel_manager._outputs import result_of, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(not LEVELS, reason="no isolation on this machine")]

REPOSITORY = Path(__file__).parents[2]
MIB = 2**20


@pytest.fixture
def target(tmp_path: Path) -> Iterator[_attacks.Target]:
    aim = _attacks.Target(tmp_path / "server")
    yield aim
    aim.close()
    for place in ("purelib", "stdlib"):  # in case an attack came through
        Path(sysconfig.get_paths()[place], "medgym_attack.py").unlink(missing_ok=True)


@requirement("isolation:attacks")
@pytest.mark.parametrize("level", LEVELS)
async def test_no_attack_comes_through(fork_servers: None, level: Level, target: _attacks.Target) -> None:
    source = REPOSITORY / "task_store" / "answers.py"
    assert source.is_file()
    async with await KernelSession.start(KernelConfig(isolation=level)) as session:
        # Ours must be a kernel in which attacking is harmless.
        assert session.info.isolation == level
        execution = await session.execute(_attacks.code(target.describe(os.getpid(), source)), timeout_s=60)
        results = json.loads(text_of(execution))
        still = result_of(await session.execute("1 + 1", timeout_s=30))
    assert len(results) > 40
    came_through = {name: said for name, said in results.items() if said.startswith("SUCCEEDED")}
    assert came_through == {}
    assert still == "2"
    if level != "hardened":  # not forbidden: it is not there
        assert results["read the answers"].startswith("FileNotFoundError")
        assert results["signal the server"].startswith("ProcessLookupError")


@requirement("isolation:own-view")
@pytest.mark.parametrize("level", NAMESPACED)
async def test_a_kernel_sees_itself_alone(fork_servers: None, level: Level) -> None:
    look = (
        "import os, pwd\n"
        "pids = sorted(int(p) for p in os.listdir('/proc') if p.isdigit())\n"
        "links = [line.split(':')[0].strip() for line in open('/proc/net/dev').readlines()[2:]]\n"
        "status = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
        "(pids, os.getuid(), pwd.getpwuid(os.getuid()).pw_name, links, sorted(os.listdir('/etc')),"
        " int(status['CapEff'], 16), int(status['CapBnd'], 16), status['NoNewPrivs'].strip(),"
        " status['Seccomp'].strip(), os.uname().nodename)"
    )
    async with await KernelSession.start(KernelConfig(isolation=level)) as session:
        seen = eval(result_of(await session.execute(look, timeout_s=30)))
    assert seen[:4] == ([1], 1000, "agent", ["lo"])
    assert {"passwd", "group", "hosts"} <= set(seen[4])
    assert not {"shadow", "hostname", "environment"} & set(seen[4])
    assert seen[5:] == (0, 0, "1", "2", "kernel")


@requirement("isolation:hidden")
@pytest.mark.parametrize("level", LEVELS)
async def test_what_lies_below_the_interpreter_can_be_hidden(anyio_backend: str, level: Level) -> None:
    # Any package will do as the data folder that somebody put into the environment.
    folder = Path(sysconfig.get_paths()["purelib"]) / "pip"
    assert (folder / "__init__.py").is_file()
    config = KernelConfig(isolation=level, hidden=(folder,))
    async with await KernelSession.start(config) as session:
        code = f"open({str(folder / '__init__.py')!r}).read()"
        assert (await session.execute(code, timeout_s=30)).status == "error"
        assert (await session.execute("import numpy", timeout_s=30)).status == "ok"


@requirement("isolation:memory")
@pytest.mark.parametrize("level", LEVELS)
async def test_one_process_cannot_take_more_memory_than_it_may(fork_servers: None, level: Level) -> None:
    config = KernelConfig(isolation=level, memory_mib=256)
    async with await KernelSession.start(config) as session:
        limit = await session.execute(
            "import resource; resource.getrlimit(resource.RLIMIT_DATA)", timeout_s=30
        )
        assert result_of(limit) == str((256 * MIB, 256 * MIB))  # or nothing below is safe
        fits = await session.execute("len(bytearray(32 << 20))", timeout_s=30)
        assert result_of(fits) == str(32 * MIB)
        big = await session.execute("x = bytearray(400 << 20)", timeout_s=30)
        assert (big.status, big.state_lost) == ("error", False)
        assert result_of(await session.execute("1 + 1", timeout_s=30)) == "2"


CHILDREN = """
import os
reader, writer = os.pipe()
started = []
for number in range({count}):
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(writer)
            block = bytearray({mib} << 20)
            os.read(reader, 1)  # hold it until the parent lets go
            status = 0
        finally:
            os._exit(status)
    started.append(pid)
ends = [os.wait()]  # only a killed child ends by itself
os.close(writer)
ends += [os.wait() for _ in started[1:]]
print([os.waitstatus_to_exitcode(status) for _, status in ends])
"""


@requirement("isolation:memory")
@pytest.mark.parametrize("level", NAMESPACED)
async def test_children_together_cannot_take_more_memory_than_the_kernel_may(
    fork_servers: None, level: Level
) -> None:
    config = KernelConfig(isolation=level, memory_mib=256)
    async with await KernelSession.start(config) as session:
        limit = await session.execute(
            "import resource; resource.getrlimit(resource.RLIMIT_DATA)", timeout_s=30
        )
        assert result_of(limit) == str((256 * MIB, 256 * MIB))
        with anyio.fail_after(30):
            execution = await session.execute(CHILDREN.format(count=8, mib=60), timeout_s=60)
    killed = execution.status == "died" or (execution.status == "ok" and "-9" in text_of(execution))
    assert killed, execution


COUNT = """
import os
alive = []
try:
    while len(alive) < {most}:
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(writer)
            os.read(reader, 1)
            os._exit(0)
        os.close(reader)
        alive.append((pid, writer))
except OSError as error:
    print(type(error).__name__)
for pid, writer in alive:
    os.close(writer)
for pid, writer in alive:
    os.waitpid(pid, 0)
print(len(alive))
"""


@requirement("isolation:processes")
@pytest.mark.parametrize("level", NAMESPACED)
async def test_the_number_of_processes_is_the_kernels_own_limit(fork_servers: None, level: Level) -> None:
    config = KernelConfig(isolation=level, processes=32)
    async with await KernelSession.start(config) as session, await KernelSession.start(config) as sibling:
        for each in (session, sibling):
            limit = await each.execute(
                "import resource; resource.getrlimit(resource.RLIMIT_NPROC)", timeout_s=30
            )
            assert result_of(limit) == "(32, 32)"  # or the next cell would not be safe
            execution = await each.execute(COUNT.format(most=64), timeout_s=30)
            error, count = text_of(execution).split()
            assert error == "BlockingIOError"
            assert 10 <= int(count) < 32
        assert (await session.execute("1", timeout_s=30)).status == "ok"


@requirement("isolation:disk")
@pytest.mark.parametrize("level", NAMESPACED)
async def test_files_fill_the_workspace_and_nothing_else(fork_servers: None, level: Level) -> None:
    fill = (
        "import os, tempfile\n"
        "def fill(folder):\n"
        "    path = os.path.join(folder, 'full')\n"
        "    try:\n"
        "        with open(path, 'wb') as file:\n"
        "            for _ in range(24): file.write(b'x' * (1 << 20)); file.flush()\n"
        "    except OSError as error:\n"
        "        return error.strerror\n"
        "print([fill(f) for f in ('.', '/tmp', '/dev/shm', os.path.expanduser('~'), '/run/kernel')])"
    )
    async with await KernelSession.start(KernelConfig(isolation=level, workspace_mib=8)) as session:
        before = os.statvfs("/").f_bfree
        said = text_of(await session.execute(fill, timeout_s=60))
        assert said.strip() == str(["No space left on device"] * 5)
        assert len(await session.read_file("full", 8 * MIB)) > 6 * MIB
        assert before - os.statvfs("/").f_bfree < 4 * MIB // os.statvfs("/").f_frsize + 10_000
        assert (
            await session.execute("os.unlink('full'); open('small', 'w').write('a')", timeout_s=30)
        ).status == "ok"


@requirement("isolation:siblings")
@pytest.mark.parametrize("level", LEVELS)
async def test_siblings_do_not_share_randomness(fork_servers: None, level: Level) -> None:
    draw = (
        "import random, tempfile, uuid, numpy\n"
        "(random.random(), numpy.random.rand(), tempfile.mktemp(), uuid.uuid4())"
    )
    config = KernelConfig(isolation=level)
    async with await KernelSession.start(config) as one, await KernelSession.start(config) as other:
        seen = [result_of(await each.execute(draw, timeout_s=30)) for each in (one, other)]
        parts = [line.strip("()").split(", ") for line in seen]
        assert [a for a, b in zip(*parts, strict=True) if a == b] == []
        hello = await one.execute("open('mine', 'w').write('one')", timeout_s=30)
        assert hello.status == "ok"
        there = await other.execute(f"open({str(one.workspace) + '/mine'!r}).read()", timeout_s=30)
        assert there.status == "error"


@requirement("isolation:workspace-links")
@pytest.mark.parametrize("level", LEVELS)
async def test_links_of_the_workspace_do_not_lead_the_server_out(
    fork_servers: None, level: Level, target: _attacks.Target
) -> None:
    from kernel_manager import ProbeError

    async with await KernelSession.start(KernelConfig(isolation=level)) as session:
        link = f"import os; os.symlink({str(target.secret)!r}, 'link'); os.symlink('/', 'root')"
        assert (await session.execute(link, timeout_s=30)).status == "ok"
        for path in ("link", f"root{target.secret}", "../" * 8 + str(target.secret).lstrip("/")):
            with pytest.raises(ProbeError):
                await session.read_file(path, 1000)
