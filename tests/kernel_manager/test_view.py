"""What an isolated kernel sees of the machine and of others. Attacks are in `attacks/`."""

import sysconfig
from pathlib import Path

import pytest

from kernel_manager import KernelConfig, KernelSession
from kernel_manager.zygote.job import Level
from tests._requirements import requirement
from tests.kernel_manager._levels import LEVELS, NAMESPACED
from tests.kernel_manager._outputs import result_of

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(not LEVELS, reason="no isolation on this machine")]


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
