"""Result sets: the rows of a query, in every form an agent may hand them in, and nothing else."""

import random
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from graders import result_set
from graders.errors import MalformedAnswerError
from graders.grade import judge_value
from graders.row_matching import same_rows
from task_store.grading import ResultSetSpec
from tests._requirements import requirement
from tests.graders.strategies import result_sets

COUNT = ResultSetSpec.of([[163]])
MEAN = ResultSetSpec.of([[27.400001525878878]])
NAMES = ResultSetSpec.of([["Aspirin"], ["heparin"], ["Aspirin"]])
PAIRS = ResultSetSpec.of([["aspirin", 12], ["heparin", 7]])
MOMENT = ResultSetSpec.of([["2105-12-31 23:59:00"]])
YES = ResultSetSpec.of([[1]], columns=["boolean"])
NULL = ResultSetSpec.of([[None]])
NONE = ResultSetSpec.of([])
EMPTY_TEXT = ResultSetSpec.of([[""]])
ZERO = ResultSetSpec.of([[0]])
CODE = ResultSetSpec.of([["0389"]])

RIGHT: list[tuple[ResultSetSpec, list[JsonValue]]] = [
    (COUNT, [163, 163.0, "163", " 163 ", [163], [[163]], {"n": 163}, [{"count(*)": 163}], [["163"]]]),
    (MEAN, [27.4, "27.4", 27.400001525878878, [27.4026], [[27.398]]]),
    (
        NAMES,
        [
            ["Aspirin", "heparin", "Aspirin"],
            ["HEPARIN", "aspirin ", " Aspirin"],
            [["heparin"], ["aspirin"], ["aspirin"]],
            [{"drug": "aspirin"}, {"drug": "aspirin"}, {"drug": "heparin"}],
        ],
    ),
    (
        PAIRS,
        [
            [["aspirin", 12], ["heparin", 7]],
            [["heparin", 7], ["aspirin", 12]],
            [[12, "aspirin"], [7, "heparin"]],
            [{"drug": "aspirin", "n": 12}, {"n": "7", "drug": "Heparin"}],
        ],
    ),
    (
        MOMENT,
        ["2105-12-31 23:59:00", "2105-12-31T23:59:00", "2105-12-31 23:59", "2105-12-31T23:59:00.000000Z"],
    ),
    (YES, [True, 1, "yes", "True", "1", 1.0, [True], [["YES"]]]),
    (NULL, [None, [None], [[None]], "None", "NaN", ["NaT"], {"max": "null"}]),
    (NONE, [[]]),
    (EMPTY_TEXT, ["", [" "]]),
    (CODE, ["0389", " 0389"]),
    (ResultSetSpec.of([["4019"]]), [4019, "4019"]),
    (ResultSetSpec.of([["caf\N{LATIN SMALL LETTER E WITH ACUTE}"]]), ["Cafe\N{COMBINING ACUTE ACCENT}"]),
    (ResultSetSpec.of([["none"], [None]]), [["None", None]]),
    (ResultSetSpec.of([["2105-01-02"]]), ["2105-01-02", "2105-01-02T00:00:00"]),
    (ResultSetSpec.of([["a", 1]]), [["a", 1], [["a", 1]], [1, "a"], {"x": 1, "y": "a"}]),
    (ResultSetSpec.of([[-3.5]]), [-3.5, "\N{MINUS SIGN}3.5"]),
    (ResultSetSpec.of([[1234]]), ["1,234", 1.234e3]),
]

WRONG: list[tuple[ResultSetSpec, list[JsonValue]]] = [
    (COUNT, [16, 1633, 63, -163, 164, 163.4, True, "163 or 164", "162 163 164", "the answer is 163", None]),
    (COUNT, [[], [163, 163], [162, 163], [[163, 163]], [[163], [163]], {"a": 163, "b": 163}, "1e999"]),
    (COUNT, [list(range(200)), "Infinity", "NaN", "163%", "163 patients", 10**200]),
    (MEAN, [27, 27.41, 27.39, -27.4, 2740, 0.274, 27.4 * 24, [27.4, 27.4], True]),
    (
        NAMES,
        [
            ["Aspirin"],
            ["Aspirin", "heparin"],
            ["Aspirin", "heparin", "heparin"],
            ["Aspirin", "heparin", "Aspirin", "warfarin"],
            ["Aspirin", "heparin", "Aspirin", "Aspirin"],
            "Aspirin, heparin, Aspirin",
            "Aspirin",
            ["Aspirin heparin Aspirin"],
            ["Aspi", "heparin", "Aspirin"],
            ["Aspirin 81 mg", "heparin", "Aspirin"],
            ["nirips", "heparin", "Aspirin"],
            [["Aspirin", "heparin", "Aspirin"]],
        ],
    ),
    (
        PAIRS,
        [
            [["aspirin", 7], ["heparin", 12]],
            [["aspirin", 12], [7, "heparin"]],
            [["aspirin", 12]],
            ["aspirin", 12],
            [["aspirin"], ["heparin"]],
            ["aspirin", 12, "heparin", 7],
            [["aspirin", 12, "heparin", 7]],
            [["aspirin", 12], ["heparin", 7], ["heparin", 7]],
            [["aspirin", 12, 0], ["heparin", 7, 0]],
            [["aspirin", True], ["heparin", 7]],
        ],
    ),
    (MOMENT, ["2105-12-31", "2105-12-31 23:58:00", "2105-31-12 23:59:00", 4291747140, "31.12.2105"]),
    (ResultSetSpec.of([["2105-01-02"]]), ["2105-02-01", "2105-01-02 10:00:00", "2105-01", 21050102]),
    (YES, [False, 0, "no", 2, -1, 0.9, "true or false", "not false", [True, False], None]),
    (NULL, [0, "", [], "unknown", False, [None, None]]),
    (NONE, [None, 0, "", "None", "[]", [None], ["none found"]]),
    (EMPTY_TEXT, [None, [], "None", 0]),
    (ZERO, [None, [], "", False, "None", 1e-5]),
    (CODE, [389, "389", "00389"]),
    (ResultSetSpec.of([["none"], [None]]), [[None, None], ["none", "none"]]),
]

MALFORMED: list[JsonValue] = [
    [[]],
    [[], []],
    {},
    [{}],
    [1, [2]],
    [[1], {"a": 1}],
    [{"a": 1}, {"b": 1}],
    [[1], [1, 2]],
    [[[1]]],
    {"a": [1]},
    float("nan"),
    [float("inf")],
    [[1.0, float("-inf")]],
    10**400,
    "9" * 1_000_000,
    list(range(100_001)),
]


@requirement("grading:rows-accepts")
@pytest.mark.parametrize(("spec", "values"), RIGHT, ids=lambda case: repr(case)[:50])
def test_equivalent_forms_are_right(spec: ResultSetSpec, values: list[JsonValue]) -> None:
    assert [value for value in values if judge_value(spec, value).outcome != "correct"] == []


@requirement("grading:rows-refuses")
@pytest.mark.parametrize(("spec", "values"), WRONG, ids=lambda case: repr(case)[:50])
def test_what_only_looks_right_is_wrong(spec: ResultSetSpec, values: list[JsonValue]) -> None:
    assert [value for value in values if judge_value(spec, value).outcome != "incorrect"] == []


@requirement("grading:rows-empty")
def test_no_rows_null_empty_text_and_zero_are_four_results() -> None:
    specs = (NONE, NULL, EMPTY_TEXT, ZERO)
    answers: tuple[JsonValue, ...] = ([], None, "", 0)
    for place, spec in enumerate(specs):
        right = [judge_value(spec, answer).outcome == "correct" for answer in answers]
        assert right == [index == place for index in range(4)]


@requirement("grading:rows-refuses")
@pytest.mark.parametrize("value", MALFORMED, ids=lambda value: f"{value!r:.30}")
def test_what_is_not_rows_is_malformed(value: JsonValue) -> None:
    with pytest.raises(MalformedAnswerError, match=r"^Rows are wanted"):
        result_set.parse(value)
    assert judge_value(COUNT, value).outcome == "incorrect"


@requirement("grading:rows-order")
def test_ranked_rows_change_places_only_within_a_rank() -> None:
    ranked = ResultSetSpec.of([["a"], ["b"], ["c"], ["d"]], ranks=[1, 2, 2, 3])
    right = [list(order) for order in permutations("abcd") if judge_value(ranked, list(order)).score]
    assert right == [["a", "b", "c", "d"], ["a", "c", "b", "d"]]


@requirement("grading:rows-order")
def test_columns_whose_order_the_question_names_are_not_permuted() -> None:
    named = ResultSetSpec.of([[120, 80]], columns_ordered=True)
    free = ResultSetSpec.of([[120, 80]])
    assert judge_value(named, [120, 80]).outcome == "correct"
    assert judge_value(named, [80, 120]).outcome == "incorrect"
    assert judge_value(free, [80, 120]).outcome == "correct"


@requirement("grading:rows-order")
def test_another_result_is_right_only_as_a_whole() -> None:
    tied = ResultSetSpec.of([["a"], ["b"]], also=[[["a"], ["c"]]])
    outcomes = [judge_value(tied, list(value)).outcome for value in ("ab", "ca", "bc", "abc", "a")]
    assert outcomes == ["correct", "correct", "incorrect", "incorrect", "incorrect"]


@requirement("grading:rows-accepts")
@given(result_sets(), st.randoms(use_true_random=False))
def test_order_and_writing_do_not_count(spec: ResultSetSpec, rng: random.Random) -> None:
    rows = [
        [rewritten(cell, kind, rng) for cell, kind in zip(row, spec.columns, strict=True)]
        for row in spec.rows
    ]
    if spec.ranks is None:
        rng.shuffle(rows)
    order = list(range(len(spec.columns)))
    if not spec.columns_ordered:
        rng.shuffle(order)
    value: Any = [[row[index] for index in order] for row in rows]
    if rows and rng.random() < 0.5:
        value = [{f"column {index}": row[index] for index in order} for row in rows]
    assert judge_value(spec, value).outcome == "correct"


def rewritten(cell: Any, kind: str, rng: random.Random) -> JsonValue:
    """The same value, written as another program might."""
    if cell is None:
        return None
    ways: list[Any] = [cell]
    match kind:
        case "integer":
            ways += [float(cell), str(cell), f" {cell}", f"{cell:,}"]
        case "number":
            ways += [repr(cell), cell * (1 + 9e-5), cell * (1 - 9e-5)]
        case "text":
            ways += [f" {cell}\n"]
        case "moment":
            ways += [cell.replace(" ", "T"), cell if len(cell) > 10 else f"{cell} 00:00:00"]
        case "boolean":
            ways += [bool(cell), "yes" if cell else "No", str(bool(cell))]
    return rng.choice(ways)  # type: ignore[no-any-return]


@requirement("grading:rows-refuses")
@given(result_sets(min_rows=1), st.randoms(use_true_random=False))
def test_a_row_too_many_too_few_or_twice_is_wrong(spec: ResultSetSpec, rng: random.Random) -> None:
    rows: list[JsonValue] = [list(row) for row in spec.rows]
    extra = rng.choice(rows)
    for value in ([*rows, extra], rows[1:], [*rows, *rows]):
        assert judge_value(spec, value).outcome == "incorrect"


@requirement("grading:rows-refuses")
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(10, 14)), min_size=2, max_size=5, unique=True))
def test_columns_shuffled_against_each_other_are_wrong(rows: list[tuple[int, int]]) -> None:
    shifted = [[first, rows[index - 1][1]] for index, (first, _) in enumerate(rows)]
    assume(sorted(map(list, rows)) != sorted(shifted))
    value: Any = shifted
    assert judge_value(ResultSetSpec.of(rows), value).outcome == "incorrect"


@requirement("grading:rows-refuses")
@given(st.floats(1e-6, 1e9), st.sampled_from([1.1e-4, 1e-3, 0.05, 1.0]), st.booleans())
def test_beyond_the_tolerance_is_wrong(gold: float, miss: float, above: bool) -> None:
    assert judge_value(ResultSetSpec.of([[gold]]), gold * (1 + miss if above else 1 - miss)).score == 0


@requirement("grading:rows-accepts")
@given(
    st.lists(
        st.tuples(st.sampled_from([1.0, 1.00005, 1.00015, 2.0]), st.sampled_from([5.0, 5.0003, 5.0007])),
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_a_pairing_is_found_exactly_where_there_is_one(
    gold: list[tuple[float, float]], rng: random.Random
) -> None:
    answer = [(a * (1 + rng.uniform(-1e-4, 1e-4)), b * (1 + rng.uniform(-1.2e-4, 1.2e-4))) for a, b in gold]
    rng.shuffle(answer)
    possible = any(
        all(
            abs(x - g) <= 1e-4 * g * (1 + 1e-9)  # a value just at the edge is inside
            for row, other in zip(gold, order, strict=True)
            for g, x in zip(row, other, strict=True)
        )
        for order in permutations(answer)
    )
    assert same_rows(gold, answer, 1e-4) is possible


@requirement("grading:rows-spec")
def test_kinds_are_told_from_the_rows() -> None:
    rows: list[list[Any]] = [[1, 2, "a", "2105-01-02", None], [None, 2.5, "", "2105-01-02 10:00:00", None]]
    spec = ResultSetSpec.of(rows)
    assert spec.columns == ("integer", "number", "text", "moment", "text")
    assert ResultSetSpec.model_validate_json(spec.model_dump_json()) == spec
    assert ResultSetSpec.of([], width=3).columns == ("text",) * 3


@requirement("grading:rows-spec")
@pytest.mark.parametrize(
    ("rows", "more", "said"),
    [
        ([["a"], [1]], {}, "several kinds"),
        ([[float("nan")]], {}, "several kinds"),
        ([[b"blob"]], {}, "several kinds"),
        ([[1], [1, 2]], {}, "2 cells"),
        ([[2]], {"columns": ["boolean"]}, "does not fit"),
        ([["yesterday"]], {"columns": ["moment"]}, "does not fit"),
        ([[1], [2]], {"ranks": [2, 1]}, "ranks"),
        ([[1], [2]], {"ranks": [1]}, "ranks"),
    ],
)
def test_rows_that_no_typed_query_gives_are_refused(rows: Any, more: Any, said: str) -> None:
    with pytest.raises((ValueError, ValidationError), match=said):
        ResultSetSpec.of(rows, **more)


@requirement("grading:reason-shows-reading")
def test_a_reason_shows_the_size_and_the_first_row_as_read() -> None:
    assert judge_value(COUNT, 12).reason == "The rows are not the right ones. Read as 12."
    assert judge_value(COUNT, []).reason == "The rows are not the right ones. Read as no rows."
    assert judge_value(PAIRS, [["x", 1], ["y", 2]]).reason == (
        'The rows are not the right ones. Read as 2 rows of 2 columns, the first ["x", 1].'
    )
    assert len(judge_value(COUNT, "\ud800" * 9000).reason) < 200


@requirement("grading:rows-accepts")
def test_a_large_result_is_judged_in_any_order() -> None:
    rows: list[list[Any]] = [
        [index % 7, f"drug {index % 100}", index * 1.5, "2105-01-02"] for index in range(1000)
    ]
    shuffled: list[JsonValue] = [[row[2], row[3], row[0], row[1]] for row in rows]
    random.Random(1).shuffle(shuffled)
    assert judge_value(ResultSetSpec.of(rows), shuffled).outcome == "correct"
    shuffled[17] = shuffled[18]
    assert judge_value(ResultSetSpec.of(rows), shuffled).outcome == "incorrect"
