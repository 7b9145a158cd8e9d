"""Released N-PowerAI records: the question's numbers, the exact answer, and how wrong golds came about."""

import pytest

from graders.grade import judge_value
from task_store.datasets.npowerai.adapter import IMPORTER
from task_store.datasets.npowerai.released import READINGS, reading
from task_store.importing import Agrees, Differs, RecordError, Unchecked
from tests._requirements import requirement
from tests.task_store.datasets._released import power_row

ONE = "We expect the mean to be 105.5 with a standard deviation of 9.1 and test for a difference from 110 "
TWO = (
    "The difference in pain score between the groups will be 2.5 points. We assume the standard deviation of "
    "group A to be 3 and the standard deviation of group B to be 4. "
)
PAIRED = "The drug should lower glucose by 9.5 units with a standard deviation of 20. "
ANOVA = (
    "The mean of each group will be 50, 54, and 58, respectively, and the standard deviation is equal to 12. "
)
SHARES = "Shares will be 0.2, 0.3, and 0.5 in women, and will be 0.3, 0.4, and 0.3 in men. "
COX = "Failures in groups A and B are 0.30 and 0.50, respectively. The hazard ratio is assumed to be 0.6. "
LEVEL = "at a significance level of 0.05"

SIZES = {
    "One-sample t-test": (f"{ONE} two-sided with 80% power {LEVEL}", "one_sample"),
    "Two independent samples t-test": (
        f"{TWO} two-sided, 80% power {LEVEL}, how many in each group?",
        "two_sample",
    ),
    "Paired t-test": (f"{PAIRED} How many for 80% of power, one-sided, {LEVEL}?", "paired"),
    "One-way ANOVA": (f"{ANOVA} How many in each group for 80% of power {LEVEL}?", "anova"),
    "Chi-square test of independence": (f"{SHARES} What total for 80% of power {LEVEL}?", "chi_square"),
    "Cox proportional-hazards model": (
        f"{COX} How many in each group for 80% power, two-sided, {LEVEL}?",
        "cox",
    ),
}
POWERS = {
    "One-sample t-test": f"{ONE} in 30 participants, two-sided, {LEVEL}. Which power?",
    "Two independent samples t-test": f"{TWO} She has 25 patients assigned to one of the two. Which power?",
    "Paired t-test": f"{PAIRED} A random sample of 30 adults. Which power to see a reduction {LEVEL}?",
    "One-way ANOVA": f"{ANOVA} We use a group of 20 students. Which power {LEVEL}?",
    "Chi-square test of independence": f"{SHARES} A random sample of 150 students. Which power {LEVEL}?",
    "Cox proportional-hazards model": f"{COX} Each group has 100 persons. Which power, two-sided, {LEVEL}?",
}


def ours(task_type: str, target: str, question: str) -> float:
    row = reading(task_type, target)
    assert row is not None
    return row.compute(row.read(question))


@requirement("import:npower-computed")
def test_answers_agree_with_statsmodels() -> None:
    from statsmodels.stats.power import FTestAnovaPower, GofChisquarePower, TTestIndPower, TTestPower

    def power(task_type: str) -> float:
        return ours(task_type, "power", POWERS[task_type])

    d = 4.5 / 9.1
    assert power("One-sample t-test") == pytest.approx(TTestPower().power(d, 30, 0.05), abs=1e-6)
    d = 2.5 / (12.5**0.5)
    assert power("Two independent samples t-test") == pytest.approx(
        TTestIndPower().power(d, 25, 0.05), abs=1e-6
    )
    found = TTestPower().power(9.5 / 20, 30, 0.05, alternative="larger")
    assert power("Paired t-test") == pytest.approx(found, abs=1e-6)
    f = (32 / 3) ** 0.5 / 12
    assert power("One-way ANOVA") == pytest.approx(FTestAnovaPower().power(f, 60, 0.05, k_groups=3), abs=1e-6)
    cells = [(0.1, 0.125), (0.15, 0.175), (0.25, 0.2), (0.15, 0.125), (0.2, 0.175), (0.15, 0.2)]
    w = sum((observed - expected) ** 2 / expected for observed, expected in cells) ** 0.5
    found = GofChisquarePower().power(w, 150, 0.05, n_bins=3)
    assert power("Chi-square test of independence") == pytest.approx(found, abs=1e-6)


@requirement("import:npower-computed")
@pytest.mark.parametrize("task_type", SIZES)
def test_the_size_is_the_smallest_that_reaches_the_power(task_type: str) -> None:
    question, design = SIZES[task_type]
    n = int(ours(task_type, "size", question))
    row = reading(task_type, "power")
    assert row is not None
    assert row.design == design
    size_row = reading(task_type, "size")
    assert size_row is not None
    given = dict(size_row.read(question))
    assert row.compute(given | {"n": (n,)}) >= 0.8 > row.compute(given | {"n": (n - 1,)})


@requirement("import:npower-check")
@pytest.mark.parametrize("task_type", SIZES)
def test_right_golds_agree(task_type: str) -> None:
    for target, question in (("size", SIZES[task_type][0]), ("power", POWERS[task_type])):
        gold = ours(task_type, target, question)
        made = IMPORTER.convert(power_row(task_type, target, question, gold))
        assert isinstance(made.check, Agrees)
        assert not made.repaired
        assert judge_value(made.grading, gold).outcome == "correct"


@requirement("import:npower-mistakes")
@pytest.mark.parametrize(
    "row", [row for row in READINGS if row.mistakes], ids=lambda row: f"{row.design}-{row.target}"
)
def test_a_wrong_gold_is_replaced_when_its_formula_is_known(row: object) -> None:
    found = next(item for item in READINGS if item is row)
    task_type = next(name for name, (_, design) in SIZES.items() if design == found.design)
    question = SIZES[task_type][0] if found.target == "size" else POWERS[task_type]
    given = found.read(question)
    wrong = found.mistakes[0].compute(given)
    made = IMPORTER.convert(power_row(task_type, found.target, question, wrong))
    assert isinstance(made.check, Differs)
    assert made.repaired
    assert made.check.repaired
    assert made.check.why.startswith(found.mistakes[0].why)
    assert judge_value(made.grading, found.compute(given)).outcome == "correct"
    assert judge_value(made.grading, wrong).outcome == "incorrect"


@requirement("import:npower-mistakes")
def test_five_of_the_twelve_templates_have_a_known_mistake() -> None:
    wrong = {(row.design, row.target) for row in READINGS if row.mistakes}
    assert wrong == {
        ("two_sample", "size"),
        ("paired", "power"),
        ("anova", "size"),
        ("anova", "power"),
        ("cox", "power"),
    }
    assert len(READINGS) == 12


@requirement("import:npower-mistakes")
def test_a_wrong_gold_of_unknown_origin_is_a_suspect_and_stays() -> None:
    made = IMPORTER.convert(power_row("One-sample t-test", "size", SIZES["One-sample t-test"][0], 77))
    assert isinstance(made.check, Differs)
    assert not made.repaired
    assert judge_value(made.grading, 77).outcome == "correct"


@requirement("import:npower-check")
@pytest.mark.parametrize(
    ("task_type", "question"),
    [
        ("One-sample t-test", "How many people are needed?"),
        ("Mixed model", "How many people are needed for 80% power?"),
        ("One-sample t-test", ONE.replace("9.1", "0") + f"80% power {LEVEL}"),
        ("Cox proportional-hazards model", COX.replace("0.6", "1") + f"80% power {LEVEL}"),
        ("Chi-square test of independence", SHARES.replace("0.4, ", "") + f"80% power {LEVEL}"),
    ],
)
def test_a_question_that_cannot_be_read_is_imported_unchecked(task_type: str, question: str) -> None:
    made = IMPORTER.convert(power_row(task_type, "size", question, 12))
    assert isinstance(made.check, Unchecked)
    assert judge_value(made.grading, 12).outcome == "correct"


@requirement("import:npower-check")
@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("size", 4.5),
        ("size", 0),
        ("size", "many"),
        ("size", None),
        ("size", True),
        ("power", 1.2),
        ("power", float("nan")),
        ("both", 3),
        ("size", [1, 2]),
    ],
)
def test_answers_that_can_never_be_right_are_rejected(target: str, answer: object) -> None:
    with pytest.raises(RecordError):
        IMPORTER.convert(power_row("One-sample t-test", target, SIZES["One-sample t-test"][0], answer))
