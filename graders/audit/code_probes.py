"""Probes of `function` and `values`: what code gave in a kernel of its own, and named results.

What hostile code does to a kernel is tried with real kernels; here are the data that can come of it.
"""

import random
from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from graders.audit.probe import AuditProbe, accept, refuse
from graders.gold import gold_answer
from graders.submission import Abstained, Resolved
from graders.types import CodeOutput, CodeResult
from task_store.grading import FunctionSpec, ResultSetSpec, ValuesSpec

_FAILURES = ("failed", "ended", "timeout", "nothing")
_OTHER_RESULTS: tuple[JsonValue, ...] = (None, True, [], {}, "correct", "NaN", [None, None], {"value": 1})


def function_probes(spec: FunctionSpec, rng: random.Random) -> Iterator[AuditProbe]:
    golds = [case.expected for case in spec.cases]
    yield from accept("rewritten_numbers", _gave([_as_float(gold) for gold in golds]))
    yield from _no_outputs()
    yield from refuse("fewer_outputs", _gave(golds[:-1]))
    yield from refuse("more_outputs", _gave([*golds, golds[-1]]))
    place = rng.randrange(len(golds))
    for wrong in _wrong(golds[place], spec.tolerance):
        yield from refuse("one_call_wrong", _gave([*golds[:place], wrong, *golds[place + 1 :]]))
    yield from refuse("a_call_raised", _broken(golds, place, "raised"), _broken(golds, place, "unreadable"))
    if any(gold != golds[0] for gold in golds):
        yield from refuse("constant_output", *(_gave([gold] * len(golds)) for gold in (golds[0], None, 0)))
        if golds != golds[::-1]:
            yield from refuse("outputs_reordered", _gave(golds[::-1]))
    yield from refuse("told_instead_of_coded", golds[0], golds, {"expected": golds}, "correct", True, None)
    yield from refuse("abstained", Abstained())


def values_probes(spec: ValuesSpec, rng: random.Random) -> Iterator[AuditProbe]:
    golds = gold_answer(spec)
    assert isinstance(golds, dict)
    names = list(golds)
    name = rng.choice(names)
    yield from accept("as_code", _gave([golds[each] for each in names]))
    yield from _no_outputs()
    others: dict[str, JsonValue] = {each: value for each, value in golds.items() if each != name}
    yield from refuse("missing_result", others, _gave([golds[each] for each in names[:-1]]))
    yield from refuse("further_result", {**golds, "answer": 1})
    for wrong in _OTHER_RESULTS:
        if wrong != golds[name] and not isinstance(spec.checks[name], ResultSetSpec):
            yield from refuse("one_result_wrong", {**golds, name: wrong})
    yield from refuse("one_result_wrong", {**golds, name: [["no", "such", "row", 0.125]]})
    place = names.index(name)
    listed = [golds[each] for each in names]
    yield from refuse("unreadable_result", _broken(listed, place, "unreadable"))
    yield from refuse("other_forms", listed, str(golds), names[0], None, 0, True)
    yield from refuse("abstained", Abstained())


def code_is_wrong(spec: FunctionSpec | ValuesSpec, answer: Resolved) -> bool:
    """Whether it is clearly not what the right code gives: not the gold in the gold's own form."""
    gold = gold_answer(spec)
    if isinstance(answer, CodeResult) and isinstance(spec, ValuesSpec) and isinstance(gold, dict):
        return answer != _gave(list(gold.values()))
    return answer != gold


def _gave(values: Sequence[JsonValue]) -> CodeResult:
    return CodeResult(outputs=tuple(CodeOutput(value=value) for value in values))


def _no_outputs() -> Iterator[AuditProbe]:
    yield from refuse("no_outputs", CodeResult(), *(CodeResult(failure=why) for why in _FAILURES))


def _broken(values: Sequence[JsonValue], place: int, problem: str) -> CodeResult:
    outputs = [CodeOutput(value=value) for value in values]
    outputs[place] = CodeOutput.model_validate({"problem": problem})
    return CodeResult(outputs=tuple(outputs))


def _as_float(value: JsonValue) -> JsonValue:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return float(value)
    return value


def _wrong(gold: JsonValue, tolerance: float) -> list[JsonValue]:
    """Other data, from near misses to other types."""
    match gold:
        case bool():
            return [not gold, str(gold), None]
        case int() | float():
            step = max(abs(gold) * max(3 * tolerance, 1e-3), 1e-3)
            return [gold + step, gold - step, -gold - 1, gold * 10 + 1, str(gold), [gold], None]
        case str():
            return [gold + "x", gold[1:] + "y", [gold], gold.swapcase() + "!", None]
        case list():
            return [[*gold, None], gold[:-1] if gold else [None], {"0": gold}, None]
        case dict():
            return [{**gold, "extra": None}, [gold], None]
        case _:
            return [0, "", [], "None"]
