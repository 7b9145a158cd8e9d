"""What MedAgentGym's own graders accept, to set ours beside.

Measured by running its own `validate` methods on its own records, as released (MedAgentGym,
arXiv 2506.04405). Shares of records for which a submission without the answer was judged right.
"""

from typing import NamedTuple


class ReferenceAccepts(NamedTuple):
    """One measured share."""

    family: str
    submission: str
    share: float
    classes: tuple[str, ...]
    """Our classes of probes that are the same attempt."""


_CRASH = ("crash_text",)
_SPAM = ("candidates", "number_spam")
_CONSTANT = ("usual_constant", "far_away")

REFERENCE: tuple[ReferenceAccepts, ...] = (
    ReferenceAccepts("medcalcbench", "print(0), or a billion too many", 987 / 1047, _CONSTANT),
    ReferenceAccepts("mimic_iii", "a crash: its traceback", 0.386, _CRASH),
    ReferenceAccepts("eicu", "a crash: its traceback", 0.435, _CRASH),
    ReferenceAccepts("treqs", "a crash: its traceback", 0.195, _CRASH),
    ReferenceAccepts("mimic_iii", "many numbers and words", 0.730, _SPAM),
    ReferenceAccepts("eicu", "many numbers and words", 0.763, _SPAM),
    ReferenceAccepts("treqs", "many numbers and words", 0.794, _SPAM),
)
