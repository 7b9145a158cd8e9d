"""Variables of a real isolated kernel whose code wants the reader to err, hang or fall over."""

from typing import Any, Final

import anyio
import pytest

from kernel_manager import KernelConfig, KernelSession
from kernel_manager.errors import KernelDeadError, ProbeError
from kernel_manager.kernel_side.encoder import MIME
from tests._requirements import requirement
from tests.kernel_manager._levels import LEVELS

pytestmark = pytest.mark.anyio

REFUSED: Final = object()

HOSTILE: dict[str, tuple[str, Any]] = {
    # What is in `x` -> the data that it is, or that it is refused.
    "reduce": ("class R:\n    def __reduce__(self): raise SystemExit\nx = R()", REFUSED),
    "lying class": ("class L:\n    __class__ = dict\nx = L()", REFUSED),
    "endless iteration": (
        "class E(list):\n    def __iter__(self):\n        while True: yield 1\nx = E([7])",
        [7],
    ),
    "lying length": ("class N(list):\n    def __len__(self): return 10**18\nx = N([7])", [7]),
    "raises on access": (
        "class A:\n    def __getattribute__(self, name): raise SystemExit\nx = A()",
        REFUSED,
    ),
    "generator": ("x = (n for n in iter(int, 1))", REFUSED),
    "recursion": ("x = []\nx.append(x)", REFUSED),
    "deep": ("x = 1\nfor _ in range(100_000): x = [x]", REFUSED),
    "wide": ("x = [[0] * 1000] * 1000", REFUSED),
    "growing": ("x = [1]\nclass G(str):\n    pass\nx += [G('a')]", [1, "a"]),
    "big integer": ("x = 10 ** 100_000", REFUSED),
    "big text": ("x = 'a' * 50_000_000", REFUSED),
    "not finite": ("x = [float('nan'), 1e999, -1e999]", ["NaN", "Infinity", "-Infinity"]),
    "surrogate": ("x = '\\ud800'", REFUSED),
    "no hash": ("class H(dict):\n    def __contains__(self, k): raise KeyError\nx = H(a=1)", {"a": 1}),
    "hostile zone": (
        "import datetime\nclass Z(datetime.tzinfo):\n    def utcoffset(self, d):\n        while True: pass\n"
        "x = datetime.datetime(2020, 1, 1, tzinfo=Z())",
        REFUSED,
    ),
    "finalizer that prints": (
        "import json\nclass F:\n    def __del__(self):\n"
        "        for _ in range(1000): print('{\"value\": 1}')\n"
        "x = [1]\nkept = F()\ndel kept",
        [1],
    ),
    "finalizer that publishes elsewhere": (
        "class D:\n    def __del__(self):\n"
        "        get_ipython().display_pub.publish({'application/json': '{\"value\": 9}'})\n"
        "x = [2]\nkept = D()",
        [2],
    ),
    "lying finite": ("class Y(float):\n    def is_integer(self): raise SystemExit\nx = Y(2.5)", 2.5),
    "array that lies": (
        "import numpy\nclass T(numpy.ndarray):\n    def tolist(self): raise SystemExit\n"
        "x = numpy.array([1, 2]).view(T)",
        [1, 2],
    ),
    "frame that exits": (
        "import pandas\nclass P(pandas.DataFrame):\n    @property\n"
        "    def columns(self): raise SystemExit\nx = P({'a': [1]})",
        REFUSED,
    ),
    "false modules": (
        "import sys, types\nsys.modules['pyarrow'] = types.SimpleNamespace(Table=object)\nx = object()",
        REFUSED,
    ),
    "patched numpy": ("import numpy\nnumpy.ndarray = numpy.generic = object\nx = object()", REFUSED),
    "shadowed builtins": ("exec = type = str = isinstance = None\nx = {'a': [1]}", {"a": [1]}),
    "patched builtins": ("import builtins\nbuiltins.issubclass = lambda *a: True\nx = object()", REFUSED),
    # These leave a kernel that cannot answer: each gets the next a fresh one.
    "patched json": ("import json\njson.dumps = lambda *a, **k: 'x' * 10_000_000\nx = 1", REFUSED),
    "no publisher": ("get_ipython().display_pub.publish = lambda *a, **k: None\nx = 1", REFUSED),
    "publishes without end": (
        "publish = get_ipython().display_pub.publish\n"
        f"def flood(data, **k):\n    while True: publish({{{MIME!r}: 'a' * 1_000_000}})\n"
        "get_ipython().display_pub.publish = flood\nx = 1",
        REFUSED,
    ),
    "a namespace that exits": (
        "class S(dict):\n    def __contains__(self, k): import os; os._exit(0)\n"
        "get_ipython().user_ns = S(get_ipython().user_ns)\nx = 1",
        REFUSED,
    ),
}
FEW = ("lying class", "endless iteration", "recursion", "finalizer that prints", "a namespace that exits")


async def _attacked(session: KernelSession, name: str) -> None:
    code, data = HOSTILE[name]
    try:
        await session.execute(code, timeout_s=5)
        if data is REFUSED:
            with pytest.raises((ProbeError, KernelDeadError)) as refused:
                await session.variable("x", timeout_s=3)
            assert "\n" not in str(refused.value), name
        else:
            assert await session.variable("x", timeout_s=30) == data, name
    finally:
        await session.restart()
    assert (await session.execute("1 + 1", timeout_s=30)).status == "ok"


@requirement("kernel:variable-attacked")
@pytest.mark.parametrize(
    "names", [FEW, pytest.param(tuple(HOSTILE), marks=pytest.mark.ci)], ids=["few", "all"]
)
async def test_hostile_variables_give_their_data_or_one_sentence(
    fork_servers: None, names: tuple[str, ...]
) -> None:
    async with await KernelSession.start(KernelConfig(isolation=LEVELS[0])) as session:
        for name in names:
            with anyio.fail_after(60):
                await _attacked(session, name)
