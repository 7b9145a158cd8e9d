"""Causes read in code."""

import pytest

from kernel_manager.types import Execution
from medgym.episode.types import Ran
from medgym.replay.experiments import clues_by_act
from medgym.replay.reading import Clue, Reader, tells_time
from tests._requirements import requirement
from tests.replay.nondeterminism import EPISODES

QUIET = [
    "import random\nrandom.seed(1)\nprint(random.random())",
    "import numpy as np\nrng = np.random.default_rng(42)\nprint(rng.normal())",
    "import numpy as np\nnp.random.seed(0)\nnp.random.normal()",
    "import pandas as pd\npd.DataFrame({'a': [1]}).sample(1, random_state=0)",
    "print(sorted({'b', 'a'}))",
    "print(len(set('abc')), 'x' in {'x', 'y'})",
    "print({1, 2, 3})",
    "import time\ntime.sleep(0)\ntime.strftime('%Y', time.gmtime(0))",
    "from datetime import datetime\ndatetime(2020, 1, 1)",
    "import uuid\nuuid.uuid5(uuid.NAMESPACE_DNS, 'x')",
    "!ls -la",
    "%matplotlib inline\nprint(1)",
    "SELECT = 'select max(admittime) from admissions'",
    "import random\nx = random.Random(4).random()",
]


@requirement("replay:reads-causes")
@pytest.mark.parametrize("code", QUIET)
def test_what_always_comes_out_the_same_has_no_cause(code: str) -> None:
    assert Reader().read(code) == ()


@requirement("replay:reads-causes")
def test_causes_of_seeded_episodes_are_read_in_their_last_cell() -> None:
    """Without running any: the nearest clue of the cell that shows it."""
    right = []
    for cause, cells in EPISODES:
        reader = Reader()
        read = [reader.read(cell) for cell in cells]
        nearest = [clue.cause for clues in reversed(read) for clue in clues if clue.cause != "other"]
        right.append(nearest[:1] == [cause])
    assert sum(right) >= 45, [e for e, ok in zip(EPISODES, right, strict=True) if not ok]


@requirement("replay:reads-causes")
def test_a_restart_forgets() -> None:
    reader = Reader()
    reader.read("import uuid\nx = uuid.uuid4()")
    assert [clue.cause for clue in reader.read("x")] == ["uuid"]
    reader.forget()
    assert reader.read("x") == ()


@requirement("replay:reads-causes")
def test_binding_anew_forgets_and_adding_does_not() -> None:
    reader = Reader()
    reader.read("import random\nx = [random.random()]")
    reader.read("x.append(1)")
    assert reader.read("x")
    reader.read("x = [1]")
    assert reader.read("x") == ()


@requirement("replay:clock-is-a-value")
@pytest.mark.parametrize(
    ("code", "may"),
    [
        ("import logging\nlogging.warning('x')", False),
        ("%%time\nf()", False),
        ("from datetime import datetime as d\nnow = d.now", True),
        ("from datetime import datetime as d\nd.now()", True),
        ("exec(text)", True),
        ("getattr(time, name)()", True),
        ("import subprocess\nsubprocess.run(['date'])", True),
        ("!date", True),
    ],
)
def test_code_that_may_tell_the_time(code: str, may: bool) -> None:
    assert tells_time(Reader().read(code)) is may


@requirement("replay:clock-is-a-value")
def test_a_cell_that_was_stopped_need_not_have_told_the_time() -> None:
    def read(code: str) -> tuple[Clue, ...]:
        execution = Execution(code=code, status="timeout", duration_s=1)
        return clues_by_act([Ran(at_s=1, step=1, execution=execution)])[0]

    assert [clue.cause for clue in read("while True: pass")] == ["clock"]
    assert not tells_time(read("while True: pass"))
    assert tells_time(read("import time\nwhile True: print(time.time())"))


@requirement("replay:reads-causes")
def test_what_is_no_python_is_read_as_shell() -> None:
    assert [clue.cause for clue in Reader().read("x = = $RANDOM")] == ["random"]
