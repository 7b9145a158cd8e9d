"""Variables and files of a live kernel, honest and hostile."""

import contextlib

import anyio
import pytest

from kernel_manager import KernelDeadError, KernelSession, ProbeError
from tests._requirements import requirement
from tests._tiers import tiered
from tests.kernel_manager._outputs import text_of

pytestmark = pytest.mark.anyio


@requirement("kernel:variable-live")
async def test_values_come_out_of_a_live_kernel(shared: KernelSession) -> None:
    code = "import pandas as pd, numpy as np\nframe = pd.DataFrame({'a': [1.5, np.nan]})\ntext = 'é\\n'"
    await shared.execute(code + "\nexec = 3", timeout_s=30)
    assert await shared.variable("frame") == [{"a": 1.5}, {"a": "NaN"}]
    assert await shared.variable("text") == "é\n"
    assert await shared.variable("exec") == 3


@requirement("kernel:variable-live")
async def test_a_probe_leaves_no_trace(shared: KernelSession) -> None:
    look = "print(sorted(n for n in globals() if not n.startswith('_')), len(In), len(Out), sep='|')"
    before = await shared.execute("probed = 1\n" + look, timeout_s=30)
    assert await shared.variable("probed") == 1
    after = await shared.execute(look, timeout_s=30)
    assert before.execution_count is not None
    assert after.execution_count == before.execution_count + 1
    names, cells, results = text_of(before).split("|")
    assert text_of(after) == f"{names}|{int(cells) + 1}|{results}"


@requirement("kernel:variable-live")
async def test_an_unknown_name_is_a_probe_error(shared: KernelSession) -> None:
    with pytest.raises(ProbeError, match='"nothing_here" cannot be read: no variable has this name'):
        await shared.variable("nothing_here")


HOSTILE = {
    "json": (
        "import json\nreal = json.dumps\n"
        "json.dumps = lambda *a, **k: real(*a, **k) if 'default' in k else 'lie'"
    ),
    "display": "get_ipython().display_pub.publish = lambda *a, **k: 1 / 0",
    "publish": "get_ipython().display_pub.publish = lambda data, **k: None",
    "builtins": "import builtins\nbuiltins.exec = lambda *a: None",
    "import": "import builtins\nbuiltins.__import__ = lambda *a, **k: 1 / 0",
    "namespace": "get_ipython().user_ns = {}",
    "forged": (
        "import IPython\npub = get_ipython().display_pub\nreal = pub.publish\n"
        "pub.publish = lambda data, **k: real({next(iter(data)): {'deep': float('nan')}})"
    ),
}


@requirement("kernel:variable-hostile")
@pytest.mark.parametrize(
    "attack",  # `import` waits for a kernel that cannot answer at all
    tiered(sorted(HOSTILE), HOSTILE.keys() - {"import"}),
)
async def test_a_patched_kernel_can_only_refuse_or_lie(fresh: KernelSession, attack: str) -> None:
    await fresh.execute("x = 1", timeout_s=30)
    with contextlib.suppress(KernelDeadError):
        await fresh.execute(HOSTILE[attack], timeout_s=3)
    with anyio.fail_after(20):
        try:
            value = await fresh.variable("x")
        except (ProbeError, KernelDeadError):
            value = None
    assert value in (None, 1)


@requirement("kernel:variable-hostile")
async def test_a_variable_that_hangs_while_it_is_read_is_stopped(shared: KernelSession) -> None:
    code = (
        "import time\nslow = 1\npublisher = get_ipython().display_pub\n"
        "publisher.publish = lambda *given, **named: time.sleep(600)"
    )
    await shared.execute(code, timeout_s=30)
    with anyio.fail_after(20):
        with pytest.raises(ProbeError, match="stopped before it answered"):
            await shared.variable("slow", timeout_s=0.5)
    await shared.execute("del publisher.publish", timeout_s=30)
    assert (await shared.execute("1", timeout_s=30)).status == "ok"


@requirement("kernel:variable-hostile")
async def test_a_variable_that_ends_the_kernel_is_a_probe_error(fresh: KernelSession) -> None:
    code = "import os\nbomb = 1\nget_ipython().display_pub.publish = lambda *given, **named: os._exit(1)"
    await fresh.execute(code, timeout_s=30)
    with anyio.fail_after(20):
        with pytest.raises(ProbeError, match="ended the kernel"):
            await fresh.variable("bomb")
    assert not fresh.alive


@requirement("kernel:file-live")
async def test_files_are_read_also_from_a_dead_kernel(fresh: KernelSession) -> None:
    await fresh.execute(
        "import os\nos.mkdir('d')\nopen('d/a.csv', 'wb').write(b'1,2')\nos._exit(1)", timeout_s=30
    )
    assert await fresh.read_file("d/a.csv", 100) == b"1,2"
    with pytest.raises(ProbeError):
        await fresh.read_file("../" + fresh.workspace.name + "/d/a.csv", 100)
