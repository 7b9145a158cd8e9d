"""The codec without a kernel: what the encoder takes, and what the decoder refuses."""

import datetime
import json
from collections import OrderedDict, namedtuple
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel_manager.codec import MAX_BYTES, Catcher, decode, probe_cell
from kernel_manager.errors import ProbeError
from kernel_manager.kernel_side.encoder import MIME, Unencodable, answer, encode
from tests._requirements import requirement

Point = namedtuple("Point", "x y")


def caught(payload: object) -> Catcher:
    catcher = Catcher()
    catcher.add("display_data", {"data": {MIME: payload}})
    return catcher


def through(value: Any) -> object:
    """Encode as the kernel does, decode as the server does."""
    return decode("x", caught(answer({"x": value}, "x")))


data = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**1000), 2**1000)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@requirement("kernel:variable-data")
@given(data)
def test_json_data_comes_through_unchanged(value: object) -> None:
    assert through(value) == value


@requirement("kernel:variable-data")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((1, "a"), [1, "a"]),
        (Point(1, 2), [1, 2]),
        (OrderedDict(a=1), {"a": 1}),
        (True, True),
        (np.bool_(True), True),
        (np.int8(3), 3),
        (np.float32(0.5), 0.5),
        (np.float64(0.1), 0.1),
        (np.longdouble(0.5), 0.5),
        (np.str_("a"), "a"),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (np.array(5), 5),
        (np.array([0.5, np.nan]), [0.5, "NaN"]),
        (np.array(["a", None], dtype=object), ["a", None]),
        (np.datetime64("2020-01-02"), "2020-01-02T00:00:00"),
        (np.array(["2020-01-02", "NaT"], dtype="datetime64[ns]"), ["2020-01-02T00:00:00", "NaT"]),
        (datetime.date(2020, 1, 2), "2020-01-02"),
        (datetime.datetime(2020, 1, 2, 3, 4, 5), "2020-01-02T03:04:05"),
        (datetime.time(3, 4), "03:04:00"),
        (pd.Timestamp("2020-01-02"), "2020-01-02T00:00:00"),
        (pd.NaT, "NaT"),
        (pd.NA, "NaN"),
        (pd.Series([1, 2], index=["a", "b"]), [1, 2]),
        (pd.Series(["a", "b"], dtype="category"), ["a", "b"]),
        (pd.Index([1, 2]), [1, 2]),
        (
            pd.DataFrame({"a": [1, 2], "b": pd.Series(["x", None], dtype=object)}),
            [{"a": 1, "b": "x"}, {"a": 2, "b": None}],
        ),
        (pd.DataFrame({"n": [1.5]}, index=pd.Index(["F"], name="sex")), [{"sex": "F", "n": 1.5}]),
        (pd.DataFrame({"a": []}), []),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (-float("inf"), "-Infinity"),
    ],
)
def test_values_of_data_science_become_json(value: object, expected: object) -> None:
    result = through(value)
    assert result == expected
    assert type(result) is type(expected)


@requirement("kernel:variable-refused")
@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({1, 2}, "type set"),
        (b"a", "type bytes"),
        (1j, "type complex"),
        (np.complex128(1), "complex"),
        (object(), "type object"),
        (print, "builtin_function"),
        ({1: 2}, "keys must be text"),
        (pd.DataFrame([[1]]), "names must be text"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "the same name"),
        (datetime.timedelta(1), "timedelta"),
        (2**2000, "1024 bits"),
        ("a" * 1_000_001, "1000000 characters"),
        (["a" * 600_000, "b" * 600_000], "1000000 characters"),
        ([0] * 100_001, "100000 values"),
        (np.zeros(100_001), "100001 values"),
        (pd.DataFrame(np.zeros((50_001, 2)), columns=["a", "b"]), "100002 values"),
    ],
)
def test_what_is_not_data_or_too_big_is_refused_with_a_sentence(value: object, why: str) -> None:
    with pytest.raises(ProbeError, match=why) as caught_error:
        through(value)
    assert str(caught_error.value).startswith('The variable "x" cannot be read: ')
    assert str(caught_error.value).count("\n") == 0


@requirement("kernel:variable-refused")
def test_endless_nesting_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(Unencodable, match="nested deeper"):
        encode(loop)


@requirement("kernel:variable-refused")
def test_a_value_that_raises_while_it_is_read_is_refused() -> None:
    class Trap(list[int]):
        def __iter__(self) -> Any:
            raise RuntimeError("secret")

    with pytest.raises(ProbeError, match="reading it raised RuntimeError"):
        through(Trap([1]))


@requirement("kernel:variable-refused")
@pytest.mark.parametrize("name", ["", "a b", "a.b", "1a", "for", "x)", "x\n", "\ud800"])
def test_a_name_must_be_an_identifier(name: str) -> None:
    with pytest.raises(ProbeError, match="not a name"):
        probe_cell(name)


@requirement("kernel:variable-hostile")
@pytest.mark.parametrize(
    "payload",
    [
        None,
        5,
        "",
        "[]",
        "{}",
        "null",
        "{",
        '{"value": NaN}',
        '{"value": 1e999}',
        '{"value": "\\ud800"}',
        '{"value": {"\\ud800": 1}}',
        '{"value": ' + "9" * 5000 + "}",
        '{"value": ' + "[" * 100 + "]" * 100 + "}",
        "[" * 200_000,
        '{"value": "' + "a" * MAX_BYTES + '"}',
        {"value": 1},
        '{"error": 5}',
        '{"error": {"a": ["\\ud800\\n"]}}',
    ],
)
def test_a_lying_kernel_gives_a_probe_error_and_nothing_else(payload: object) -> None:
    with pytest.raises(ProbeError) as error:
        decode("x", caught(payload))
    str(error.value).encode()
    assert "\n" not in str(error.value)


@requirement("kernel:variable-hostile")
@given(st.text(st.characters(exclude_categories=[])) | data.map(json.dumps))
def test_no_payload_makes_the_decoder_raise_anything_else(payload: str) -> None:
    with pytest.raises(ProbeError):
        decode("x", caught(payload))
        raise ProbeError("decoded: fine too")
