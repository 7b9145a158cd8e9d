"""The family medcalcbench: what its generated tasks promise."""

import ast
import bisect
import datetime
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from task_store.dataset import Dataset, Entry
from task_store.datasets.medcalcbench import DATASET
from task_store.datasets.medcalcbench.calculator import CalculatorAnswer
from task_store.datasets.medcalcbench.calculators import CALCULATORS
from task_store.datasets.medcalcbench.dates import written
from task_store.datasets.medcalcbench.family import Composed, compose
from task_store.grading import DateSpec, DurationSpec, GradingSpec, NumericSpec
from task_store.types import SPLITS, Split
from tests._requirements import requirement
from tests._tiers import tiered

SEED = 11
GENERATED: tuple[Split, ...] = ("train", "test", "test_seen")
KINDS = {"number": NumericSpec, "integer": NumericSpec, "date": DateSpec, "weeks_days": DurationSpec}
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"


@cache
def tasks(split: Split, count: int = 1000) -> tuple[Composed, ...]:
    return tuple(compose(split, SEED, index) for index in range(count))


@pytest.fixture(autouse=True, scope="module")
def release_tasks() -> Iterator[None]:
    """Drop the cached tasks after this module: the leak check of later tests collects garbage each time."""
    yield
    tasks.cache_clear()


def accepts(spec: GradingSpec, answer: CalculatorAnswer) -> bool:
    """Judges what reference code left in `answer`, as the specs define it."""
    match spec:
        case NumericSpec():
            return isinstance(answer, int | float) and spec.lower <= answer <= spec.upper
        case DateSpec():
            return isinstance(answer, str) and datetime.date.fromisoformat(answer) == spec.gold
        case DurationSpec():
            return answer == f"{spec.weeks} weeks {spec.days} days"
        case _:
            return False


def run(reference: str) -> CalculatorAnswer:
    namespace: dict[str, CalculatorAnswer] = {}
    exec(reference, namespace)
    return namespace["answer"]


def prompt(composed: Composed) -> str:
    return composed.entry.task.parts[0].prompt


def reference(composed: Composed) -> str:
    return composed.entry.key.parts[0].reference


def sentences(text: str) -> set[str]:
    """Skeletons of the sentences, without digits, months and names; no fragments of one or two words."""
    bare = re.sub(MONTHS, "M", text)
    bare = re.sub(r"(?<=Mr |Ms |Dr )\w+", "N", re.sub(r"\d+([.,/:-]\d+)*", "#", bare))
    found = {part.strip().lower() for part in re.split(r"(?<=[.?!:;])\s|\n", bare)}
    return {part for part in found if len(re.findall(r"[a-z]{2,}", part)) > 2}


@requirement("medcalcbench:deterministic")
@pytest.mark.parametrize("split", GENERATED)
def test_task_i_depends_on_split_seed_and_i_alone(split: Split) -> None:
    few, many = list(DATASET.generate(split, 7, SEED)), list(DATASET.generate(split, 45, SEED))
    assert few == many[:7]
    assert many == list(DATASET.generate(split, 45, SEED))
    other_seed = list(DATASET.generate(split, 45, SEED + 1))
    assert all(one.task.parts != other.task.parts for one, other in zip(many, other_seed, strict=True))


@requirement("medcalcbench:deterministic")
def test_splits_share_no_world_seed_and_valid_is_empty() -> None:
    seeds = [composed.entry.task.world.seed for split in GENERATED for composed in tasks(split)]
    assert len(set(seeds)) == len(seeds)
    assert list(DATASET.generate("valid", 5, SEED)) == []


@requirement("medcalcbench:card")
def test_the_family_fulfils_the_protocol() -> None:
    family: Dataset = DATASET
    assert family.name == "medcalcbench"
    assert "not clinically reviewed" in family.card.summary
    assert "not for clinical use" in family.card.summary
    assert all(
        "not for clinical use" in (calculator.draw.__globals__["__doc__"]).lower()
        for calculator in CALCULATORS
    )
    assert all(calculator.version and calculator.source for calculator in CALCULATORS)


@requirement("medcalcbench:all_kinds")
@pytest.mark.parametrize("split", GENERATED)
def test_any_200_tasks_hold_every_calculator_phrasing_and_answer_type(split: Split) -> None:
    side = "test" if split == "test" else "train"
    wanted = {
        f"medcalcbench.{calculator.slug}.{phrasing.letter}"
        for calculator in CALCULATORS
        for phrasing in calculator.phrasings
        if phrasing.split == side
    }
    some = [composed.entry.task for composed in tasks(split)[:200]]
    assert {task.template_id for task in some} == wanted
    assert {task.parts[0].answer_format.kind for task in some} == set(KINDS)
    assert {task.category for task in some} == {calculator.slug for calculator in CALCULATORS}
    assert {task.difficulty for task in some} == {"easy", "medium", "hard"}


@requirement("medcalcbench:phrasings")
def test_every_calculator_has_three_train_and_two_test_phrasings() -> None:
    for calculator in CALCULATORS:
        sides = Counter(phrasing.split for phrasing in calculator.phrasings)
        assert sides["train"] >= 3, calculator.slug
        assert sides["test"] >= 2, calculator.slug
        letters = [phrasing.letter for phrasing in calculator.phrasings]
        assert len(set(letters)) == len(letters)


@requirement("medcalcbench:phrasings")
def test_train_and_test_share_no_template_and_no_sentence() -> None:
    train = [*tasks("train"), *tasks("test_seen")]
    test = tasks("test")
    assert not {c.entry.task.template_id for c in train} & {c.entry.task.template_id for c in test}
    known = set[str]().union(*(sentences(prompt(composed)) for composed in train))
    shared = known & set[str]().union(*(sentences(prompt(composed)) for composed in test))
    assert len(known) > 300
    assert not shared


@requirement("medcalcbench:phrasings")
def test_test_seen_has_the_templates_of_train_over_other_values() -> None:
    templates = [{c.entry.task.template_id for c in tasks(split)} for split in ("train", "test_seen")]
    assert templates[0] == templates[1]
    assert not {prompt(c) for c in tasks("train")} & {prompt(c) for c in tasks("test_seen")}


@requirement("medcalcbench:reference")
@pytest.mark.parametrize("split", GENERATED)
def test_reference_code_finds_the_gold(split: Split) -> None:
    for composed in tasks(split)[:300]:
        answer = run(reference(composed))
        assert accepts(composed.entry.key.parts[0].grading, answer), composed.entry.task.id
        assert "task_store" not in reference(composed)


@requirement("medcalcbench:reference")
@pytest.mark.parametrize("split", GENERATED)
def test_reference_equals_the_gold_far_inside_the_tolerance(split: Split) -> None:
    for composed in tasks(split)[:300]:
        grading = composed.entry.key.parts[0].grading
        if isinstance(grading, NumericSpec):
            assert run(reference(composed)) == pytest.approx(grading.gold, rel=1e-9)


def literals(code: str) -> list[str]:
    """Texts of the values that reference code takes from the note."""
    found: list[str] = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            found += (
                [] if isinstance(node.value.value, bool) else [ast.get_source_segment(code, node.value) or ""]
            )
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("strptime"):
            found.append(ast.literal_eval(node.args[0]))
    return found + re.findall(r"anchor [+-] datetime.timedelta\(days=(\d+)\)", code)


@requirement("medcalcbench:literals")
@pytest.mark.parametrize("split", GENERATED)
def test_reference_starts_from_what_stands_in_the_note(split: Split) -> None:
    for composed in tasks(split)[:300]:
        note, code = prompt(composed), reference(composed)
        values = literals(code)
        assert values
        for value in values:
            assert re.search(rf"(?<![\d.]){re.escape(value)}(?![\d]|\.\d)", note), (
                composed.entry.task.id,
                value,
            )
        for evidence in re.findall(r'  # "(.*)"$', code, re.MULTILINE):
            assert evidence in note, (composed.entry.task.id, evidence)


@requirement("medcalcbench:literals")
@pytest.mark.parametrize("split", GENERATED)
def test_notes_are_finished_prose_without_marks(split: Split) -> None:
    for composed in tasks(split):
        text = prompt(composed)
        assert not re.search(r"[{}<>|]|  ", text), text
        assert len(text) > 350


@requirement("medcalcbench:literals")
def test_a_due_date_or_gestational_age_never_stands_in_its_prompt() -> None:
    for composed in (c for split in GENERATED for c in tasks(split)):
        grading = composed.entry.key.parts[0].grading
        if isinstance(grading, DateSpec):
            assert not any(
                written(grading.gold, style) in prompt(composed) for style in ("dmy", "mdy", "iso", "us")
            )
        if isinstance(grading, DurationSpec) and (grading.weeks, grading.days) != (
            12,
            3,
        ):  # the question's example
            assert f"{grading.weeks} weeks {grading.days} days" not in prompt(composed)


@requirement("medcalcbench:spread")
@pytest.mark.parametrize("split", GENERATED)
def test_no_constant_passes_more_than_the_card_allows(split: Split) -> None:
    assert best_constant_share(tasks(split)) <= DATASET.card.chance_rate + 0.02
    assert DATASET.card.chance_rate <= 0.10


@requirement("medcalcbench:spread")
@pytest.mark.parametrize("split", tiered(GENERATED, ["test"]))
def test_no_constant_passes_a_quarter_of_any_calculator(split: Split) -> None:
    for position, calculator in enumerate(CALCULATORS):
        drawn = tuple(compose(split, SEED, position + len(CALCULATORS) * k) for k in range(250))
        share = best_constant_share(drawn)
        assert share <= (0.30 if calculator.answer_format.kind == "integer" else 0.25), calculator.slug


def best_constant_share(composed: tuple[Composed, ...]) -> float:
    """Share that the best single answer passes, over numbers and over the other types."""
    gradings = [c.entry.key.parts[0].grading for c in composed]
    spans = [spec for spec in gradings if isinstance(spec, NumericSpec)]
    lowers, uppers = sorted(s.lower for s in spans), sorted(s.upper for s in spans)
    passed = (bisect.bisect_right(lowers, x) - bisect.bisect_left(uppers, x) for x in lowers)
    others = Counter(str(spec) for spec in gradings if not isinstance(spec, NumericSpec))
    return max([*passed, *others.values()]) / len(gradings)


@requirement("medcalcbench:spread")
@pytest.mark.parametrize(
    ("slug", "low", "high"), [("curb65", 0, 5), ("centor", -1, 5), ("cha2ds2_vasc", 0, 9)]
)
def test_scores_cover_their_range_evenly(slug: str, low: int, high: int) -> None:
    position = [calculator.slug for calculator in CALCULATORS].index(slug)
    drawn = [compose("train", SEED, position + len(CALCULATORS) * k).drawn.grading for k in range(700)]
    points = Counter(int(spec.gold) for spec in drawn if isinstance(spec, NumericSpec))
    assert set(points) == set(range(low, high + 1))
    even = len(drawn) / (high - low + 1)
    assert all(0.6 * even < count < 1.5 * even for count in points.values()), points


@requirement("medcalcbench:unique")
@pytest.mark.parametrize("split", GENERATED)
def test_a_thousand_tasks_have_a_thousand_prompts(split: Split) -> None:
    assert len({prompt(composed) for composed in tasks(split)}) == 1000
    assert len({composed.entry.task.id for composed in tasks(split)}) == 1000


@requirement("medcalcbench:traps")
@pytest.mark.parametrize("split", GENERATED)
def test_taking_superseded_values_gives_a_wrong_answer(split: Split) -> None:
    for position, calculator in enumerate(CALCULATORS):
        some = tasks(split)[position :: len(CALCULATORS)]
        fell = sum(not accepts(c.entry.key.parts[0].grading, c.drawn.trap) for c in some)
        assert fell / len(some) > 0.75, calculator.slug


@requirement("medcalcbench:traps")
@pytest.mark.parametrize("split", GENERATED)
def test_scores_have_negated_and_decoy_findings(split: Split) -> None:
    scores = [c for c in tasks(split) if c.entry.task.parts[0].answer_format.kind == "integer"]
    lines = [line for c in scores for line in reference(c).splitlines() if "  # " in line]
    assert sum(line.endswith("# not mentioned") for line in lines) > 50
    assert sum(" = False  # " in line and line.endswith('"') for line in lines) > 200
    assert not any(" = True  # not mentioned" in line for line in lines)


@requirement("medcalcbench:units_in_notes")
@pytest.mark.parametrize("split", GENERATED)
def test_measured_values_stand_in_other_units_than_the_formula_needs(split: Split) -> None:
    # Dates, and scores of findings alone, have nothing to convert.
    unmeasured = {"estimated_due_date", "estimated_conception_date", "gestational_age", "cha2ds2_vasc"}
    unmeasured |= {"fever_pain", "glasgow_coma", "charlson"}
    assert unmeasured < {calculator.slug for calculator in CALCULATORS}
    for composed in tasks(split)[:330]:
        task = composed.entry.task
        assert composed.drawn.conversions >= (task.category not in unmeasured), task.template_id


@requirement("medcalcbench:formats")
@pytest.mark.parametrize("split", GENERATED)
def test_form_of_the_answer_and_of_the_grading_agree(split: Split) -> None:
    for entry in (composed.entry for composed in tasks(split)[:200]):
        form = entry.task.parts[0].answer_format
        spec = entry.key.parts[0].grading
        assert isinstance(spec, KINDS[form.kind])
        assert (form.unit is not None) == (form.kind == "number")
        if isinstance(spec, NumericSpec):
            assert spec.integer == (form.kind == "integer")
            slack = 0.0 if spec.integer else 0.05 * abs(spec.gold)
            assert spec.upper - spec.gold == pytest.approx(slack)
            assert spec.gold - spec.lower == pytest.approx(slack)
        if form.unit is not None:
            wanted = {"kg/m^2": r"kg/m\^2|kg per square metre", "ms": r"\bms\b|milliseconds"}.get(
                form.unit, re.escape(form.unit)
            )
            assert re.search(wanted, entry.task.parts[0].prompt.split("\n\n")[-1])
        if form.kind == "date":
            assert "MM/DD/YYYY" in entry.task.parts[0].prompt


@requirement("medcalcbench:formats")
def test_the_public_half_is_the_same_for_all_tasks_of_a_calculator() -> None:
    said: dict[str, set[tuple[str, str]]] = {}
    for composed in (c for split in GENERATED for c in tasks(split)):
        task: Entry = composed.entry
        part = task.task.parts[0]
        said.setdefault(task.task.category, set()).add((part.judged, part.answer_format.hint))
    assert all(len(texts) == 1 for texts in said.values())  # so neither can carry a gold
    assert set(SPLITS) == {*GENERATED, "valid"}
