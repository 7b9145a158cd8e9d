"""The npowerai family as tasks: golds, references, wording, splits, spread."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from statsmodels.stats.power import (
    TTestIndPower,
    TTestPower,
)

from task_store.dataset import Entry
from task_store.datasets.npowerai import DATASET, effects
from task_store.datasets.npowerai.contexts import CATEGORICAL, EVENTS, MEASURED
from task_store.datasets.npowerai.contexts_binary import BINARY, MATCHED
from task_store.datasets.npowerai.contexts_measured import ACTIVE, ASSOCIATED, CLUSTERED
from task_store.datasets.npowerai.designs import (
    DESIGNS,
    one_sample,
    two_sample,
)
from task_store.datasets.npowerai.designs.student import TParams
from task_store.datasets.npowerai.generate import difficulty
from task_store.datasets.npowerai.model import show
from task_store.grading import NumericSpec
from task_store.types import Split
from tests._requirements import requirement
from tests._tiers import tiered

BUILT_IN: tuple[Split, ...] = ("train", "test", "test_seen")
WORDINGS: tuple[Split, ...] = ("train", "test")
"""The splits that differ in wording; `test_seen` has that of `train`."""
EACH_WORDING = tiered(WORDINGS, ["train"])
"""For tests that solve many tasks of it."""
LARGE = 1000
ENOUGH = 192
"""Tasks in which each of the twenty-four categories comes eight times, and each template twice."""
ALTERNATIVE = {1: "larger", 2: "two-sided"}


@cache
def entries(split: Split) -> tuple[Entry, ...]:
    return tuple(DATASET.generate(split, LARGE, 1))


@cache
def solved(split: Split, count: int) -> tuple[tuple[Entry, dict[str, Any]], ...]:
    """The first tasks of a split with the variables that their reference solutions leave."""
    results = []
    for entry in entries(split)[:count]:
        variables: dict[str, Any] = {}
        exec(entry.key.parts[0].reference, variables)
        results.append((entry, variables))
    return tuple(results)


def prompt(entry: Entry) -> str:
    return entry.task.parts[0].prompt


def numeric(entry: Entry) -> NumericSpec:
    grading = entry.key.parts[0].grading
    assert isinstance(grading, NumericSpec)
    return grading


@pytest.fixture(autouse=True, scope="module")
def forget_entries() -> Iterator[None]:
    """Thousands of cached models would slow every later test's garbage collection."""
    yield
    entries.cache_clear()
    solved.cache_clear()


def statsmodels_power(seen: dict[str, Any], n: int) -> float:
    """Power at n of a t test whose numbers a reference solution has set."""
    keywords = {"alpha": seen["alpha"], "alternative": ALTERNATIVE[seen["sides"]]}
    if "other" in seen:
        return float(TTestIndPower().power(seen["d"], n, ratio=seen["other"](n) / n, **keywords))
    return float(TTestPower().power(seen["d"], n, **keywords))


@requirement("npowerai:exact-t")
@pytest.mark.parametrize("split", EACH_WORDING)
def test_golds_of_t_tasks_agree_with_statsmodels(split: Split) -> None:
    """The power at the gold reaches the target, and one below it does not."""
    checked = Counter[str]()
    for entry, seen in solved(split, ENOUGH):
        if not entry.task.category.startswith(("one_sample", "two_sample", "paired")):
            continue
        power = statsmodels_power(seen, seen["n"])
        if entry.task.category.endswith("size"):
            assert power - seen["target_power"] > 1e-7
            assert seen["target_power"] - statsmodels_power(seen, seen["n"] - 1) > 1e-7
        else:
            assert numeric(entry).gold == pytest.approx(power, abs=1e-7)
        checked[entry.task.category] += 1
    assert len(checked) == 6
    assert min(checked.values()) == 8


# --- tasks -------------------------------------------------------------------------------------------


@requirement("npowerai:deterministic")
@pytest.mark.parametrize("split", BUILT_IN)
def test_a_task_depends_on_split_seed_and_index_only(split: Split) -> None:
    first = entries(split)[:40]
    assert list(DATASET.generate(split, 40, 1)) == list(first)
    assert list(DATASET.generate(split, 7, 1)) == list(first[:7])
    others = [prompt(entry) for entry in DATASET.generate(split, 40, 2)]
    assert not set(others) & {prompt(entry) for entry in first}


@requirement("npowerai:reference")
@pytest.mark.parametrize("split", EACH_WORDING)
def test_references_give_the_gold_in_every_template(split: Split) -> None:
    templates = Counter[str]()
    for entry, variables in solved(split, ENOUGH):
        answer, grading = variables["answer"], numeric(entry)
        assert type(answer) is (int if grading.integer else float), entry.task.id
        assert grading.lower <= answer <= grading.upper, entry.task.id
        assert answer == pytest.approx(grading.gold, abs=1e-7), entry.task.id
        templates[entry.task.template_id] += 1
    pool = "test" if split == "test" else "train"
    assert set(templates) == {
        f"npowerai.{design.name}.{t.target}.{t.key}"
        for design in DESIGNS
        for t in design.templates
        if t.pool == pool
    }
    assert min(templates.values()) >= 2


@requirement("npowerai:reference")
def test_references_import_only_numpy_scipy_and_the_standard_library() -> None:
    for entry in entries("train")[:60] + entries("test")[:60]:
        tree = ast.parse(entry.key.parts[0].reference)
        modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        names = {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        }
        assert modules | names <= {"math", "numpy", "scipy.integrate", "scipy.special", "scipy.stats"}


@requirement("npowerai:no-ambiguous-size")
def test_no_size_task_is_within_a_millionth_of_its_target() -> None:
    checked = 0
    for split in WORDINGS:
        for entry, seen in solved(split, ENOUGH):
            if "target_power" in seen and "power_at" in seen:
                checked += 1
                n = seen["n"]
                assert seen["power_at"](n) - seen["target_power"] > 0.99e-6, entry.task.id
                assert seen["target_power"] - seen["power_at"](n - 1) > 0.99e-6, entry.task.id
    assert checked > 100


def given_numbers(reference: str) -> list[str]:
    """The literals that the reference's first lines set, as they are written in a prompt."""
    found: list[str] = []
    for node in ast.parse(reference).body:
        if isinstance(node, ast.FunctionDef):
            break
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        lists = [item for part in ast.walk(node.value) if isinstance(part, ast.List) for item in part.elts]
        literals = [node.value, *lists] if node.targets[0].id != "sides" else []
        found += [show(item.value) for item in literals if isinstance(item, ast.Constant)]  # type: ignore[arg-type]
    return found


@requirement("npowerai:complete-question")
@pytest.mark.parametrize("split", WORDINGS)
def test_every_number_that_the_reference_uses_stands_in_the_prompt(split: Split) -> None:
    for entry in entries(split)[:400]:
        numbers = given_numbers(entry.key.parts[0].reference)
        assert len(numbers) >= 3, entry.task.id
        for number in numbers:
            assert re.search(rf"(?<![\d.]){re.escape(number)}(?!\.?\d)", prompt(entry)), (
                entry.task.id,
                number,
            )


@requirement("npowerai:complete-question")
@pytest.mark.parametrize("split", WORDINGS)
def test_questions_say_how_many_sides(split: Split) -> None:
    for entry in entries(split)[:400]:
        sides = re.search(r"^sides = (\d)|alpha / (\d)\)$", entry.key.parts[0].reference, re.MULTILINE)
        if sides is not None:
            word = {"1": "one", "2": "two"}[sides[1] or sides[2]]
            other = {"one": "two", "two": "one"}[word]
            assert re.search(rf"{word}-(sided|tailed)", prompt(entry)), entry.task.id
            assert not re.search(rf"{other}-(sided|tailed)", prompt(entry)), entry.task.id
        else:
            assert entry.task.category.startswith(("anova", "chi_square"))


@requirement("npowerai:complete-question")
def test_questions_about_size_say_what_is_counted() -> None:
    counted = re.compile(
        r"number of (participants|pairs|events|subjects|matched couples|patients)|number of them|total"
        r"|per (group|arm|schedule)|number of clusters|every patient"
        r"|participants (\(pairs of (measurements|results)\) )?are needed"
        r"|participants does the (study|smaller group)|count of people|counted|d counts|whole number of"
    )
    for design in DESIGNS:
        for template in design.templates:
            if template.target == "size":
                assert counted.search(template.text), (design.name, template.key)


@requirement("npowerai:judged")
def test_tasks_say_how_they_are_judged_and_never_the_gold() -> None:
    for entry, _ in solved("train", ENOUGH):
        part, grading = entry.task.parts[0], numeric(entry)
        if grading.integer:
            assert part.answer_format.kind == "integer"
            assert grading == NumericSpec.exact(int(grading.gold))
            assert "Exactly" in part.judged
        else:
            assert part.answer_format.kind == "number"
            assert "between 0 and 1" in part.answer_format.hint
            assert grading == NumericSpec.absolute(grading.gold, 0.005, valid_min=0, valid_max=1)
            assert "0.005" in part.judged
            assert show(grading.gold) not in entry.task.model_dump_json()
    assert len({entry.task.parts[0].judged for entry in entries("train")}) == 2 * len(
        {d.basis for d in DESIGNS}
    )


@requirement("npowerai:spread")
@pytest.mark.parametrize("split", BUILT_IN)
def test_no_constant_answers_more_than_three_percent(split: Split) -> None:
    gradings = [numeric(entry) for entry in entries(split)]
    sizes = Counter(g.gold for g in gradings if g.integer)
    powers = sorted(g.gold for g in gradings if not g.integer)
    best_power = max(sum(abs(p - q) <= 0.005 for p in powers) for q in np.arange(0.05, 1, 0.001))
    assert max(sizes.most_common(1)[0][1], best_power) <= 0.03 * LARGE
    assert best_power <= (DATASET.card.chance_rate + 0.01) * LARGE
    assert 4 <= min(sizes) <= 12
    assert 400 <= max(sizes) <= 500
    assert 0.05 <= powers[0] < 0.2
    assert 0.95 < powers[-1] <= 0.995


@requirement("npowerai:categories")
@pytest.mark.parametrize("split", BUILT_IN)
def test_every_category_is_in_any_two_hundred_tasks(split: Split) -> None:
    categories = [entry.task.category for entry in entries(split)]
    expected = {f"{design.name}_{target}" for design in DESIGNS for target in ("size", "power")}
    assert len(expected) == 24
    for start in range(0, LARGE - 200, 50):
        assert set(categories[start : start + 200]) == expected
    assert {entry.task.difficulty for entry in entries(split)} == {"easy", "medium", "hard"}


@requirement("npowerai:difficulty")
def test_difficulty_counts_the_steps_beyond_one_call() -> None:
    d = effects.Standardised(d=0.5)
    plain, one_sided = TParams(alpha=0.05, sides=2, effect=d), TParams(alpha=0.05, sides=1, effect=d)
    unequal = two_sample.TwoSample(alpha=0.05, sides=1, effect=d, ratio=2, layout="ratio")
    assert difficulty(one_sample.DESIGN, plain, "power") == "easy"
    assert difficulty(one_sample.DESIGN, plain, "size") == "medium"
    assert difficulty(one_sample.DESIGN, one_sided, "size") == "medium"
    assert difficulty(two_sample.DESIGN, unequal, "power") == "medium"
    assert difficulty(two_sample.DESIGN, unequal, "size") == "hard"


# --- splits ------------------------------------------------------------------------------------------


def masked_sentences(split: Split) -> set[str]:
    text = "\n".join(prompt(entry) for entry in entries(split))
    masked = re.sub(r"\d+(\.\d+)?", "#", re.sub(r"[A-Z]{3}-\d{5}", "CODE", text))
    return {piece.strip() for piece in re.split(r"\n|(?<=[.?;:]) ", masked) if piece.strip()}


@requirement("npowerai:splits")
def test_train_and_test_share_no_template_and_no_sentence() -> None:
    train, test = entries("train"), entries("test")
    assert not {e.task.template_id for e in train} & {e.task.template_id for e in test}
    assert not masked_sentences("train") & masked_sentences("test")


@requirement("npowerai:splits")
def test_train_and_test_templates_share_no_run_of_seven_words() -> None:
    runs: dict[str, set[tuple[str, ...]]] = {"train": set(), "test": set()}
    for design in DESIGNS:
        for template in design.templates:
            words = template.text.split()
            runs[template.pool] |= {tuple(words[i : i + 7]) for i in range(len(words) - 6)}
    assert runs["train"]
    assert not runs["train"] & runs["test"]


@requirement("npowerai:splits")
def test_each_category_has_three_train_and_two_test_phrasings() -> None:
    for design in DESIGNS:
        counts = Counter((template.pool, template.target) for template in design.templates)
        for target in ("size", "power"):
            assert counts["train", target] >= 3
            assert counts["test", target] >= 2
        keys = [(template.target, template.key) for template in design.templates]
        assert len(set(keys)) == len(keys)


@requirement("npowerai:splits")
def test_train_and_test_share_no_clinical_setting() -> None:
    for contexts in (MEASURED, CATEGORICAL, EVENTS, BINARY, MATCHED, ASSOCIATED, CLUSTERED, ACTIVE):
        assert not {c.code for c in contexts["train"]} & {c.code for c in contexts["test"]}
        assert not {c.words["people"] for c in contexts["train"]} & {
            c.words["people"] for c in contexts["test"]
        }


@requirement("npowerai:splits")
def test_test_seen_has_trains_templates_over_other_seeds() -> None:
    train, seen = entries("train"), entries("test_seen")
    assert {e.task.template_id for e in train} == {e.task.template_id for e in seen}
    seeds = [e.task.world.seed for split in BUILT_IN for e in entries(split)]
    assert len(set(seeds)) == len(seeds)


@requirement("npowerai:splits")
def test_there_is_no_valid_split() -> None:
    with pytest.raises(ValueError, match="no 'valid' split"):
        DATASET.generate("valid", 1, 1)


@requirement("npowerai:unique-prompts")
def test_no_two_tasks_of_the_family_have_the_same_prompt() -> None:
    prompts = [prompt(entry) for split in BUILT_IN for entry in entries(split)]
    assert len(set(prompts)) == len(prompts) == 3 * LARGE


@requirement("npowerai:unique-prompts")
def test_prompts_have_no_open_slot_and_start_with_a_capital() -> None:
    for split in BUILT_IN:
        for entry in entries(split):
            assert not re.search(r"[{}]|None|\bnan\b", prompt(entry)), entry.task.id
            assert prompt(entry)[0].isupper()


@requirement("npowerai:light-import")
def test_importing_the_family_loads_neither_numpy_nor_scipy() -> None:
    code = (
        "import sys, task_store.datasets.npowerai as family; "
        "print(family.DATASET.name, {'numpy', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "npowerai set()"
