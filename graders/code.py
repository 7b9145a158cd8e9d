"""Submitted code: which parts take it, what is run, and what is said when it gives nothing.

Nothing of a run gets into a reason but words from here: the names of exceptions and the values
that code returns could carry hidden inputs out.
"""

from graders.errors import MalformedAnswerError
from graders.types import Calls, CodeResult, Names, Program, Wanted
from graders.verdict import Verdict
from task_store.grading import FunctionSpec, GradingSpec, ValuesSpec

WANTED = "Code is not what this part asks for: submit the value itself, as answer, variable or file"

_FAILURES = {
    "failed": "The code ended with an error before its results could be asked for.",
    "ended": "The code ended its process before it gave its results.",
    "timeout": "The code did not give its results within the time limit.",
    "nothing": "The code gave no results that can be read.",
}


def program_for(spec: GradingSpec, code: str) -> Program:
    """What is run to judge the code.

    Raises:
        MalformedAnswerError: the part takes no code, or this is no text.
    """
    try:
        code.encode()
    except UnicodeEncodeError:
        raise MalformedAnswerError(
            "The code holds half of a surrogate pair, which is no character."
        ) from None
    match spec:
        case FunctionSpec():
            wanted: Wanted = Calls(spec.function, tuple(case.call for case in spec.cases))
        case ValuesSpec():
            wanted = Names(tuple(spec.checks))
        case _:
            raise MalformedAnswerError(f"{WANTED}.")
    return Program(setup=spec.setup, code=code, wanted=wanted, time_limit_s=spec.time_limit_s)


def failure(result: CodeResult) -> Verdict | None:
    """The verdict on code that gave no outputs; None: it gave some."""
    match result.failure:
        case None:
            return None
        case "setup":
            return Verdict(
                "ungradable", None, "The part's own code failed before the submission; not its fault."
            )
        case other:
            return Verdict.of(False, _FAILURES[other])
