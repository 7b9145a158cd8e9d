"""Hypothesis strategies that the grading tests share: specs of all kinds, and any JSON."""

import datetime

from hypothesis import strategies as st
from pydantic import JsonValue

from task_store.grading import DateSpec, DurationSpec, GradingSpec, NumericSpec

finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15)

numeric_specs = st.one_of(
    st.builds(NumericSpec.exact, st.integers(-(10**9), 10**9)),
    st.builds(NumericSpec.relative, finite, st.sampled_from([0.0, 0.01, 0.05])),
    st.builds(NumericSpec.absolute, finite, st.sampled_from([0.0, 0.005, 1.0])),
)
date_specs = st.builds(DateSpec, gold=st.dates())
duration_specs = st.builds(DurationSpec, weeks=st.integers(0, 999), days=st.integers(0, 6))
specs: st.SearchStrategy[GradingSpec] = st.one_of(numeric_specs, date_specs, duration_specs)

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
