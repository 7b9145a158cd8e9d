"""Hypothesis strategies that the grading tests share: specs of all kinds, and any JSON."""

import datetime

from hypothesis import strategies as st
from pydantic import JsonValue

from task_store.cells import Cell, ColumnKind, Row
from task_store.grading import (
    AbstainSpec,
    DateSpec,
    DurationSpec,
    GradingSpec,
    NumericSpec,
    ResultSetSpec,
)

finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15)

numeric_specs = st.one_of(
    st.builds(NumericSpec.exact, st.integers(-(10**9), 10**9)),
    st.builds(NumericSpec.relative, finite, st.sampled_from([0.0, 0.01, 0.05])),
    st.builds(NumericSpec.absolute, finite, st.sampled_from([0.0, 0.005, 1.0])),
)
date_specs = st.builds(DateSpec, gold=st.dates())
duration_specs = st.builds(DurationSpec, weeks=st.integers(0, 999), days=st.integers(0, 6))

_KINDS: tuple[ColumnKind, ...] = ("integer", "number", "text", "moment", "boolean")
_moments = st.datetimes(min_value=datetime.datetime(1000, 1, 1)).map(
    lambda at: at.replace(microsecond=0).isoformat(sep=" ")
)
_words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


def cells(kind: ColumnKind) -> st.SearchStrategy[Cell]:
    """Golds of a column; few different ones, so that rows repeat."""
    match kind:
        case "integer":
            return st.one_of(st.integers(-3, 3), st.integers(-(10**9), 10**9))
        case "number":
            return st.one_of(st.sampled_from([0.0, 1.5, 1.50001, -2.25]), finite)
        case "text":
            return st.one_of(st.sampled_from(["Aspirin", "aspirin ", "None", "", "163"]), _words)
        case "moment":
            return st.one_of(_moments, _moments.map(lambda text: text[:10]))
        case "boolean":
            return st.integers(0, 1)


@st.composite
def result_sets(draw: st.DrawFn, *, min_rows: int = 0, max_rows: int = 6) -> ResultSetSpec:
    """Result sets of up to four columns, some ranked, some with named column order."""
    columns = tuple(draw(st.lists(st.sampled_from(_KINDS), min_size=1, max_size=4)))
    row = st.tuples(*(st.one_of(st.none(), cells(kind)) for kind in columns))
    rows: list[Row] = draw(st.lists(row, min_size=min_rows, max_size=max_rows))
    ranks = draw(st.one_of(st.none(), st.just(tuple(index // 2 for index in range(len(rows))))))
    return ResultSetSpec(columns=columns, rows=tuple(rows), ranks=ranks, columns_ordered=draw(st.booleans()))


specs: st.SearchStrategy[GradingSpec] = st.one_of(
    numeric_specs, date_specs, duration_specs, result_sets(), st.just(AbstainSpec())
)

_near_forms = st.one_of(
    st.from_regex(r"[+-]?[0-9,.]{1,12}([eE][+-]?[0-9]{1,4})?", fullmatch=True),
    st.from_regex(r"[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,4}", fullmatch=True),
    st.from_regex(r"[0-9]{1,8} ?w(eeks?)?,? ?[0-9]{1,8} ?d(ays?)?", fullmatch=True),
    st.sampled_from(["", " ", "nan", "1e999", "٣٤", "10²", "\ud800", "\x00", "9" * 5000, "(" * 5000]),
)
_leaves: st.SearchStrategy[JsonValue] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**4000, -(10**4000), 10**309]),
    st.floats(),
    st.text(),
    _near_forms,
)
any_json: st.SearchStrategy[JsonValue] = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(st.sampled_from(["weeks", "days"]), st.text(max_size=5)), inner, max_size=3
        ),
    ),
    max_leaves=8,
)

some_dates = st.dates(min_value=datetime.date(1000, 1, 1))
