"""Our calculators against clincalc, an independent implementation from the primary literature.

clincalc (Marcus Baw, PyPI) shares no code and no author with medgym or MedCalc-Bench. It has 26 of
the 55; where it rounds, the comparison allows for its last digit.
"""

import random

import clincalc
import pytest

from tests._requirements import requirement
from tests.task_store.datasets._twin_equations import EQUATIONS
from tests.task_store.datasets._twin_scores import SCORES
from tests.task_store.datasets._twins import Twin

pytestmark = pytest.mark.ci

DRAWS = 300


@requirement("medcalcbench:independent")
@pytest.mark.parametrize("twin", (*EQUATIONS, *SCORES), ids=lambda twin: twin.draw.__name__.strip("_"))
def test_an_independent_implementation_gives_the_same(twin: Twin) -> None:
    rng = random.Random(17)
    slack = 1e-9 if twin.digits is None else 0.5 * 10**-twin.digits + 1e-9
    for _ in range(DRAWS):
        ours, inputs = twin.draw(rng)
        theirs = twin.read(clincalc.calculate(twin.name, dict(inputs)))
        assert abs(ours - theirs) <= slack, (twin.name, inputs, ours, theirs)
