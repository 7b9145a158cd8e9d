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

from kernel_manager.codec import MAX_BYTES, Catcher, calls_cell, decode, decode_calls, probe_cell
from kernel_manager.errors import ProbeError
from kernel_manager.kernel_side.encoder import MIME, Unencodable, answer, answer_calls, encode
from kernel_manager.types import Called
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


class Loud:
    """Says nothing but errors."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("secret")


class Zone(datetime.tzinfo):
    def utcoffset(self, dt: datetime.datetime | None) -> datetime.timedelta:
        raise RuntimeError("secret")

    dst = utcoffset

    def tzname(self, dt: datetime.datetime | None) -> str:
        raise RuntimeError("secret")


@requirement("kernel:variable-refused")
def test_a_value_that_raises_while_it_is_read_is_refused() -> None:
    with pytest.raises(ProbeError, match="reading it raised RuntimeError"):
        through(datetime.datetime(2020, 1, 1, tzinfo=Zone()))
    with pytest.raises(ProbeError, match="type Loud is not supported"):
        through(Loud())


class Mapping_(dict[Any, Any]):  # noqa: N801 - the hostile twin of a built-in
    def items(self) -> Any:
        return [("forged", 1)]

    __iter__ = keys = values = items
    __len__ = lambda self: 10**18  # noqa: E731


class List_(list[Any]):  # noqa: N801
    def __iter__(self) -> Any:
        return iter(["forged"])

    __len__ = lambda self: 0  # noqa: E731
    __getitem__ = lambda self, at: "forged"  # type: ignore[assignment]  # noqa: E731


class Text_(str):  # noqa: N801
    __str__ = __repr__ = lambda self: "forged"
    __len__ = lambda self: 0  # noqa: E731


class Integer_(int):  # noqa: N801
    __int__ = __index__ = lambda self: 99
    bit_length = lambda self: 0  # noqa: E731


class Float_(float):  # noqa: N801
    __float__ = lambda self: 99.0  # noqa: E731


class Day_(datetime.date):  # noqa: N801
    isoformat = __str__ = lambda self: "forged"


class Array_(np.ndarray):  # noqa: N801
    tolist = __iter__ = lambda self, *rest: ["forged"]  # type: ignore[assignment]
    size = 0


class Key(str):
    """A key that no other equals."""

    __eq__ = lambda self, other: self is other  # noqa: E731
    __hash__ = object.__hash__


@requirement("kernel:variable-hostile")
@pytest.mark.parametrize(
    ("value", "data"),
    [
        (Mapping_(a=1), {"a": 1}),
        (List_([1, 2]), [1, 2]),
        (Text_("a"), "a"),
        ({Text_("a"): Text_("b")}, {"a": "b"}),
        (Integer_(5), 5),
        (Float_(0.5), 0.5),
        (Day_(2020, 1, 2), "2020-01-02"),
        (np.array([1, 2]).view(Array_), [1, 2]),
        (np.ma.masked_array([1, 2], [False, True]), [1, None]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_subclasses_are_read_by_the_methods_of_their_base(value: object, data: object) -> None:
    assert through(value) == data


@requirement("kernel:variable-hostile")
@pytest.mark.parametrize("base", [dict, list, str, int, np.ndarray, pd.DataFrame, pd.Series])
def test_a_type_is_what_it_is_not_what_it_says(base: type) -> None:
    liar = type("Liar", (), {"__class__": base})()
    assert isinstance(liar, base)
    with pytest.raises(ProbeError, match="type Liar is not supported"):
        through(liar)


@requirement("kernel:variable-refused")
def test_keys_of_the_same_text_are_refused() -> None:
    with pytest.raises(ProbeError, match="the same text"):
        through({Key("a"): 1, Key("a"): 2})


@requirement("kernel:variable-data")
def test_arrow_tables_and_arrays_become_records_and_lists() -> None:
    pa = pytest.importorskip("pyarrow")  # heavy, and used only where a kernel has it
    table = pa.table({"a": [1, None], "b": ["x", "y"], "at": [datetime.date(2020, 1, 2)] * 2})
    records = [{"a": 1, "b": "x", "at": "2020-01-02"}, {"a": None, "b": "y", "at": "2020-01-02"}]
    assert through(table) == records
    assert through(table.to_batches()[0]) == records
    assert through(table["a"]) == [1, None]
    assert through(pa.array([{"x": [1.5, float("nan")]}])) == [{"x": [1.5, "NaN"]}]
    assert through(pa.array(["a", "a"]).dictionary_encode()) == ["a", "a"]
    assert through(pa.scalar(3)) == 3
    for value, why in (
        (pa.table([[1], [2]], names=["a", "a"]), "the same name"),
        (pa.array(range(100_001)), "100001 values"),
        (pa.array([b"a"]), "type bytes"),
    ):
        with pytest.raises(ProbeError, match=why):
            through(value)


def called(function: object, *arguments: tuple[Any, ...]) -> tuple[Called, ...]:
    """Call as the kernel does, decode as the server does."""
    calls: list[tuple[list[Any], dict[str, Any]]] = [(list(given), {}) for given in arguments]
    assert calls_cell("f", calls)
    text = answer_calls({"f": function}, "f", json.dumps(calls))
    return decode_calls("f", len(calls), caught(text))


def strange(number: int) -> Any:
    match number:
        case 1:
            raise SystemExit
        case 2:
            return object()
        case 3:
            return (n for n in [1])
        case _:
            return np.float64(number)


@requirement("kernel:call")
def test_each_call_gives_data_or_says_what_went_wrong() -> None:
    given = called(strange, (0,), (1,), (2,), (3,), (4,))
    assert [one.value for one in given] == [0.0, None, None, None, 4.0]
    assert [one.problem for one in given] == [None, "raised", "unreadable", "unreadable", None]
    with pytest.raises(ProbeError, match="nothing has this name"):
        decode_calls("g", 1, caught(answer_calls({}, "g", "[]")))
    with pytest.raises(ProbeError, match="not a name"):
        calls_cell("f()", [])


@requirement("kernel:call")
@given(data)
def test_arguments_go_in_and_come_back_unchanged(value: object) -> None:
    (one,) = called(lambda x: x, (value,))
    assert (one.value, one.problem) == (value, None)


@requirement("kernel:call")
@pytest.mark.parametrize(
    "payload",
    ['{"value": []}', '{"value": [1]}', '{"value": [{"value": 1}, {"value": 2}]}', '{"value": [{"x": 1}]}']
    + ['{"value": [{"problem": "right"}]}', '{"value": {"value": 1}}', '{"error": "x"}', "", "[]"],
)
def test_a_lying_kernel_gives_no_answer_to_a_call(payload: str) -> None:
    with pytest.raises(ProbeError):
        decode_calls("f", 1, caught(payload))


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
        '{"value": ' + "9" * 400 + "}",
        '{"value": {"a": 1, "a": 2}}',
        '{"value": 1, "value": 2}',
        '{"value": [' + "0," * 400_001 + "0]}",
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
