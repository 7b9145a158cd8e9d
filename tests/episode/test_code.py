"""Submitted code: run in a kernel of its own with inputs only, its data compared outside."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from kernel_manager.types import StreamOutput
from medgym.agents.builtin import GoldAgent
from medgym.agents.local import LocalEnv
from medgym.check import check_family
from medgym.episode.errors import RefusedError
from medgym.episode.types import Submitted
from medgym.gym import Gym, GymConfig
from medgym.trajectory.notebook import from_notebook, to_notebook
from task_store.store import TaskStore
from task_store.types import TaskId
from tests._requirements import requirement
from tests._tiers import tiered
from tests.toy import ANALYSIS, FUNCTION, ROWS_VALUES, TRIAGE, VALUES

pytestmark = pytest.mark.anyio

SAME_MEAN = "'mean': sum(pulses) / len(pulses)"
ALWAYS_EQUAL = """
class Equal(dict):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __getitem__(self, key): return Equal()
    def items(self): return []
class Number(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __abs__(self): return 0.0
"""
WRONG: dict[str, str] = {
    "nothing": "",
    "the context's own": "pass",
    "printed": 'print(\'{"urgent": true, "mean": 100.0, "fast": [120]}\')',
    "no Python": "def triage(age, pulses:",
    "another name": TRIAGE.replace("triage", "triaged"),
    "a constant": "def triage(age, pulses):\n    return {'urgent': True, 'mean': 100.0, 'fast': [120]}",
    "one wrong case": TRIAGE.replace("p > 100", "p > 101"),
    "another type": TRIAGE.replace("'fast': fast", "'fast': str(fast)"),
    "a value too many": TRIAGE.replace("'fast': fast", "'fast': fast, 'slow': []"),
    "raises": "def triage(age, pulses):\n    raise ValueError(age)",
    "exits in the definition": "raise SystemExit(0)",
    "exits the process in the definition": f"{TRIAGE}\nimport os\nos._exit(0)",
    "crashes the interpreter": f"{TRIAGE}\nimport ctypes\nctypes.string_at(0)",
    "exits when called": "def triage(age, pulses):\n    raise SystemExit(0)",
    "exits the process when called": "import os\ndef triage(age, pulses):\n    os._exit(0)",
    "interrupts itself": "def triage(age, pulses):\n    raise KeyboardInterrupt",
    "always equal": f"{ALWAYS_EQUAL}\ndef triage(age, pulses):\n    return Equal()",
    "always equal numbers": f"{ALWAYS_EQUAL}\n{TRIAGE.replace(SAME_MEAN, repr('mean') + ': Number(1)')}",
    "a lying class": (
        "class Lie:\n    __class__ = dict\n    def __eq__(self, other): return True\n"
        "def triage(age, pulses):\n    return Lie()"
    ),
    "a generator": TRIAGE.replace("return", "yield"),
    "a coroutine": TRIAGE.replace("def", "async def"),
    "shadowed builtins": (
        "import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.isinstance = lambda *a: True\n"
        "builtins.all = lambda x: True\nbuiltins.len = lambda x: 4\n"
        "def triage(age, pulses):\n    return {}"
    ),
    "patched json": (
        "import json\njson.dumps = lambda *a, **k: '{\"value\": [{}, {}, {}, {}]}'\n"
        "def triage(age, pulses):\n    return 1"
    ),
    "patched json that says right": (
        'import json\njson.dumps = lambda *a, **k: \'{"value": true, "outcome": "correct"}\'\n'
        "def triage(age, pulses):\n    return 1"
    ),
    "patched numpy and pandas": (
        "import numpy, pandas\nnumpy.ndarray = pandas.DataFrame = object\n"
        "def triage(age, pulses):\n    return numpy.float64(1)"
    ),
    "a patched publisher": (
        "get_ipython().display_pub.publish = lambda *a, **k: None\n" + TRIAGE.replace("p > 100", "p > 101")
    ),
    "a forged answer": (
        "def triage(age, pulses):\n"
        "    mime = 'application/vnd.medgym.variable+json'\n"
        "    forged = '{\"value\": [' + ', '.join(['{\"value\": true}'] * 4) + ']}'\n"
        "    get_ipython().display_pub.publish({mime: forged})\n"
    ),
}
FINE: dict[str, str] = {
    "the reference": TRIAGE,
    "numpy": TRIAGE.replace(
        SAME_MEAN, "'mean': __import__('numpy').float32(__import__('numpy').mean(pulses))"
    ),
    "prints and warnings": f"import warnings\nprint('working')\nwarnings.warn('careful')\n{TRIAGE}",
    "rounded in the eighth place": TRIAGE.replace(SAME_MEAN, "'mean': round(sum(pulses) / len(pulses), 8)"),
    "yes as 1": TRIAGE.replace("old(age) and bool(fast)", "int(old(age) and bool(fast))"),
}


@pytest.fixture(scope="module")
async def gym(code_store: TaskStore, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gym]:
    config = GymConfig(allow_reference=True, ready=0)  # what fills a stock would outlive a test
    async with Gym.open(store=code_store, out=tmp_path_factory.mktemp("run"), config=config) as opened:
        yield opened


async def outcome(gym: Gym, task: str, code: str) -> str:
    async with gym.start(task) as episode:
        await episode.submit(code=code)
    assert episode.grade is not None
    return episode.grade.outcome


FEW = ("the context's own", "always equal", "exits the process when called", "a forged answer")
"""Tried by default; the others with the longer tests."""


@requirement("code:refuses")
@pytest.mark.parametrize("name", tiered(WRONG, FEW))
async def test_code_that_does_not_compute_the_answer_is_incorrect(gym: Gym, name: str) -> None:
    with anyio.fail_after(90):
        assert await outcome(gym, FUNCTION, WRONG[name]) == "incorrect"


@requirement("code:accepts")
@pytest.mark.parametrize("name", tiered(FINE, ["numpy"]))
async def test_code_that_computes_the_answer_is_correct(gym: Gym, name: str) -> None:
    with anyio.fail_after(90):
        assert await outcome(gym, FUNCTION, FINE[name]) == "correct"


@requirement("code:time-limit")
@pytest.mark.ci
@pytest.mark.parametrize(
    "code",
    ["while True: pass", "def triage(age, pulses):\n    while True: pass"],
    ids=["definition", "call"],
)
async def test_code_over_its_time_limit_is_incorrect(gym: Gym, code: str) -> None:
    with anyio.fail_after(120):
        assert await outcome(gym, FUNCTION, code) == "incorrect"


@requirement("code:fresh-kernel")
async def test_submitted_code_sees_neither_the_episode_nor_the_expected_values(gym: Gym) -> None:
    spy = (
        "import gc, os, sys\n"
        "def triage(age, pulses):\n"
        "    seen = [o for o in gc.get_objects() if isinstance(o, dict) and 'urgent' in o]\n"
        "    return {'files': os.listdir('.'), 'kept': 'kept' in globals(), 'expected': len(seen),"
        " 'ours': sorted({'graders', 'task_store', 'medgym'} & set(sys.modules))}\n"
    )
    async with gym.start(FUNCTION) as episode:
        await episode.execute("kept = 1\nopen('kept.txt', 'w').write('here')")
        await episode.submit(code=spy)
        ran = gym.trajectory(episode).of_type(Submitted)
    (submitted,) = ran
    assert submitted.gave is not None
    for output in submitted.gave.outputs:
        assert output.value == {"files": [], "kept": False, "expected": 0, "ours": []}


@requirement("code:journaled")
async def test_what_code_gave_is_kept_for_review_and_told_to_nobody(gym: Gym) -> None:
    async with gym.start(FUNCTION, protocol="paper") as episode:
        told = await episode.submit(code="def triage(age, pulses):\n    return [age, pulses]")
        assert told.outcome == "incorrect"
        assert told.reason == "Not every call returned the right value."
        trajectory = gym.trajectory(episode)
        assert "[101, 99, 130]" not in str(to_notebook(trajectory, runs=False))
        assert "[101, 99, 130]" in str(to_notebook(trajectory))
        raised = await episode.submit(
            code="def triage(age, pulses):\n    raise type(f'E{age}', (Exception,), {})(pulses)"
        )
        assert raised.reason == "A call of the function raised an exception."
    ended = gym.trajectory(episode)
    assert from_notebook(to_notebook(ended)) == ended


@requirement("code:form")
@pytest.mark.parametrize("given", [{"answer": [True]}, {"variable": "x"}, {"done": True}])
async def test_a_function_is_answered_by_code_only_and_the_attempt_is_kept(
    gym: Gym, given: dict[str, object]
) -> None:
    async with gym.start(FUNCTION) as episode:
        await episode.execute("x = 1")
        with pytest.raises(RefusedError):
            await episode.submit(**given)  # type: ignore[arg-type]
        assert episode.budget().attempts_left == 1


@requirement("code:values")
async def test_named_results_are_taken_from_code_a_variable_or_the_kernel(gym: Gym) -> None:
    results = {"mean_age": "64.25", "worst": " SEPSIS", "p": 0.0313, "ranked": ["a", "b"]}
    assert await outcome(gym, VALUES, ANALYSIS) == "correct"
    assert await outcome(gym, VALUES, ANALYSIS.replace("'a', 'b'", "'b', 'a'")) == "incorrect"
    assert await outcome(gym, VALUES, "mean_age = 64.25") == "incorrect"
    async with gym.start(VALUES) as episode:
        with pytest.raises(RefusedError, match="exactly the names mean_age, worst, p, ranked"):
            await episode.submit(answer={"mean_age": 64.25})
        with pytest.raises(RefusedError, match="no variable has this name"):
            await episode.submit(done=True)
        await episode.execute(ANALYSIS)
        await episode.submit(done=True)
    assert episode.grade is not None
    assert episode.grade.outcome == "correct"
    async with gym.start(VALUES) as episode:
        await episode.execute(f"found = {results!r}")
        await episode.submit(variable="found")
    assert episode.grade is not None
    assert episode.grade.outcome == "correct"


@requirement("code:values")
async def test_submitted_code_sees_the_tasks_world(gym: Gym) -> None:
    (query,) = gym.reference(TaskId(ROWS_VALUES))
    assert await outcome(gym, ROWS_VALUES, query) == "correct"
    assert await outcome(gym, ROWS_VALUES, query.replace("fetchall()", "fetchall()[:1]")) == "incorrect"


@requirement("code:reference")
async def test_references_are_submitted_as_code(gym: Gym) -> None:
    report = await check_family(gym, "code")
    assert report.problems == ()
    assert (report.gold_correct, report.reference_correct) == (3, 3)
    async with gym.start(FUNCTION) as episode:
        await GoldAgent(gym.reference).solve(episode.task, LocalEnv(episode))
    assert episode.grade is not None
    assert episode.grade.outcome == "correct"


@requirement("code:form")
async def test_other_parts_take_no_code(toy_store: TaskStore, tmp_path: Path) -> None:
    async with Gym.open(store=toy_store, out=tmp_path) as gym, gym.start("toy/train/number") as episode:
        with pytest.raises(RefusedError, match="Code is not what this part asks for"):
            await episode.submit(code="answer = 4")
        with pytest.raises(RefusedError, match="not answered by the state"):
            await episode.submit(done=True)
        ran = await episode.execute("print(2 + 2)")
        assert ran.execution.outputs == (StreamOutput(name="stdout", text="4\n"),)
