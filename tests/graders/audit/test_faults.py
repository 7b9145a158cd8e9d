"""The mutation check: deliberate faults in graders are caught."""

import pytest

from medgym.audit.run import audit_questions
from tests._requirements import requirement
from tests.graders.audit.faults import FAULTS, Fault
from tests.graders.audit.samples import questions

PROBES = 7_000
"""More than one round over the samples, about."""


@requirement("audit:no-fault-no-finding")
def test_sound_graders_pass() -> None:
    told, _ = audit_questions(questions(), chance_rate=1.0, seed="faults", probes=PROBES)
    assert not told.findings
    assert told.probes >= PROBES


@pytest.mark.slow
@requirement("audit:catches-faults")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_caught(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    fault.apply(monkeypatch)
    told, counted = audit_questions(questions(), chance_rate=1.0, seed="faults", probes=PROBES)
    assert told.findings
    wrong = {one.name for one in told.classes if one.wrong}
    assert fault.shown_by in wrong
    assert any(example.probe_class == fault.shown_by for example in counted.examples)
