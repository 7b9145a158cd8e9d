"""Variables and results of the kernel as JSON text: no pickle, no parsing of repr.

Taken: None, bool, int, float, str, list, tuple, dict with text keys, date, time, datetime,
numpy scalars and arrays, pandas Series (list of values), Index and DataFrame (list of
records; named index levels come first as columns), Arrow scalars, arrays (lists), tables and
record batches (lists of records). Numbers that JSON lacks become the text "NaN", "Infinity"
or "-Infinity", a missing time "NaT": no grader takes them for a number.

What an object is, its type says, not its `__class__`; subclasses are read by the methods of the
types above, not by their own. Code in the kernel can change all of this, and so tell any value:
the reader (`codec.py`) takes nothing on trust.
"""

import datetime
import json
import math
import sys
from typing import Any

MIME = "application/vnd.medgym.variable+json"
MAX_DEPTH = 20
MAX_VALUES = 100_000
MAX_CHARS = 1_000_000
MAX_INT_BITS = 1024


class Unencodable(Exception):  # noqa: N818 - says what the value is
    pass


class Encoder:
    """Turns values into JSON data and refuses before the result grows too big."""

    def __init__(self) -> None:
        self.values = 0
        self.chars = 0

    def plain(self, value: Any, depth: int = 0) -> Any:
        self.spend(1)
        if depth > MAX_DEPTH:
            raise Unencodable(f"it is nested deeper than {MAX_DEPTH} levels")
        if value is None or value is True or value is False:
            return value
        kind = type(value)
        for base, encode in self.builtin_kinds():
            if issubclass(kind, base):
                return encode(value, depth)
        return self.foreign(value, depth)

    def spend(self, values: int) -> None:
        self.values += values
        if self.values > MAX_VALUES:
            raise Unencodable(f"it holds more than {MAX_VALUES} values")

    def builtin_kinds(self) -> tuple[tuple[Any, Any], ...]:
        return (
            (str, self.text),
            (int, self.integer),
            (float, self.number),
            (dict, self.mapping),
            (list, lambda value, depth: self.sequence(list.__iter__(value), depth)),
            (tuple, lambda value, depth: self.sequence(tuple.__iter__(value), depth)),
            (datetime.datetime, self.moment),
            (datetime.date, lambda value, depth: datetime.date.isoformat(value)),
            (datetime.time, lambda value, depth: datetime.time.isoformat(value)),
        )

    def text(self, value: str, depth: int) -> str:
        self.chars += str.__len__(value)
        if self.chars > MAX_CHARS:
            raise Unencodable(f"it holds more than {MAX_CHARS} characters of text")
        return str.__str__(value)

    def integer(self, value: int, depth: int) -> int:
        number = int.__int__(value)
        if number.bit_length() > MAX_INT_BITS:
            raise Unencodable(f"it holds an integer of more than {MAX_INT_BITS} bits")
        return number

    def number(self, value: float, depth: int) -> float | str:
        number = float.__float__(value)
        if math.isfinite(number):
            return number
        if math.isnan(number):
            return "NaN"
        return "Infinity" if number > 0 else "-Infinity"

    def mapping(self, value: dict[Any, Any], depth: int) -> dict[str, Any]:
        result = {}
        for key, item in dict.items(value):
            if not issubclass(type(key), str):
                raise Unencodable(f"a dictionary key has type {type(key).__name__}; keys must be text")
            name = self.text(key, depth)
            if name in result:  # keys that claim to differ
                raise Unencodable("two keys of a dictionary are the same text")
            result[name] = self.plain(item, depth + 1)
        return result

    def moment(self, value: datetime.datetime, depth: int) -> str:
        pandas = sys.modules.get("pandas")
        if pandas is not None and type(value) in (pandas.Timestamp, type(pandas.NaT)):
            return value.isoformat()  # has nanoseconds, or is missing
        return datetime.datetime.isoformat(value)

    def sequence(self, value: Any, depth: int) -> list[Any]:
        return [self.plain(item, depth + 1) for item in value]

    def foreign(self, value: Any, depth: int) -> Any:
        # Looked up, not imported: a kernel that never loaded them holds no such value.
        numpy, pandas, arrow = (sys.modules.get(name) for name in ("numpy", "pandas", "pyarrow"))
        kind = type(value)
        if numpy is not None and issubclass(kind, (numpy.ndarray, numpy.generic)):
            if issubclass(kind, numpy.ndarray) and not issubclass(kind, numpy.ma.MaskedArray):
                value = numpy.ndarray.view(value, numpy.ndarray)
            return self.numpy(numpy, value, depth)
        if pandas is not None:
            if value is pandas.NA:
                return "NaN"
            if issubclass(kind, (pandas.Series, pandas.Index)):
                self.fits(value.size)
                return self.sequence(value.tolist(), depth)
            if issubclass(kind, pandas.DataFrame):
                return self.frame(value, depth)
        if arrow is not None and issubclass(
            kind, (arrow.Table, arrow.RecordBatch, arrow.Array, arrow.ChunkedArray, arrow.Scalar)
        ):
            return self.arrow(arrow, value, depth)
        raise Unencodable(f"type {type(value).__name__} is not supported")

    def fits(self, size: int) -> None:
        if size > MAX_VALUES:
            raise Unencodable(f"it holds {size} values, more than {MAX_VALUES}")

    def numpy(self, numpy: Any, value: Any, depth: int) -> Any:
        self.fits(value.size)
        kind = value.dtype.kind
        if kind == "M":
            if value.ndim:
                return self.sequence(list(value), depth)
            moment = value.astype("datetime64[us]").item()
            if moment is None:
                return "NaT"
            return moment.isoformat() if hasattr(moment, "isoformat") else str(value)
        if kind == "f" and not value.ndim:
            return self.number(float(value), depth)
        if kind == "f":
            return self.plain(value.astype("float64").tolist(), depth)
        if kind in "biuUO":
            return self.plain(value.tolist(), depth)
        raise Unencodable(f"numpy values of type {value.dtype} are not supported")

    def arrow(self, arrow: Any, value: Any, depth: int) -> Any:
        if issubclass(type(value), arrow.Scalar):
            return self.plain(value.as_py(), depth)
        if not issubclass(type(value), (arrow.Table, arrow.RecordBatch)):
            self.fits(len(value))
            return self.sequence(value.to_pylist(), depth)
        self.fits(value.num_rows * value.num_columns)
        return self.records(list(value.column_names), [column.to_pylist() for column in value.columns], depth)

    def frame(self, value: Any, depth: int) -> list[Any]:
        self.fits(value.size)
        if all(name is not None for name in value.index.names):
            value = value.reset_index()
        names = list(value.columns)
        return self.records(
            names, [value.iloc[:, position].tolist() for position in range(len(names))], depth
        )

    def records(self, names: list[Any], columns: list[list[Any]], depth: int) -> list[Any]:
        for name in names:
            if not isinstance(name, str):
                raise Unencodable(f"a column name has type {type(name).__name__}; names must be text")
        if len(set(names)) < len(names):
            raise Unencodable("two columns have the same name")
        return [self.mapping(dict(zip(names, row, strict=True)), depth) for row in zip(*columns, strict=True)]


def encode(value: Any) -> str:
    """`value` as strict JSON text in ASCII; raises Unencodable."""
    return json.dumps(Encoder().plain(value), allow_nan=False)


def answer(namespace: dict[str, Any], name: str) -> str:
    """JSON text of `{"value": ...}` or `{"error": why}`."""
    if name not in namespace:
        return json.dumps({"error": "no variable has this name"})
    try:
        return f'{{"value": {encode(namespace[name])}}}'
    except Unencodable as error:
        return json.dumps({"error": str(error)})
    except Exception as error:
        return json.dumps({"error": f"reading it raised {type(error).__name__}"})


def answer_calls(namespace: dict[str, Any], name: str, calls: str) -> str:
    """JSON text of `{"value": [{"value": ...} or {"problem": why} for each call]}` or `{"error": why}`.

    `calls` is the JSON text of a list of [arguments, keywords].
    """
    if name not in namespace:
        return json.dumps({"error": "nothing has this name"})
    function, encoder = namespace[name], Encoder()
    answers: list[dict[str, Any]] = []
    for arguments, keywords in json.loads(calls):
        try:
            result = function(*arguments, **keywords)
        except KeyboardInterrupt:  # time is up
            raise
        except BaseException:
            answers.append({"problem": "raised"})
            continue
        try:
            answers.append({"value": encoder.plain(result)})
        except Exception:
            answers.append({"problem": "unreadable"})
    return json.dumps({"value": answers}, allow_nan=False)


def _publish(text: str) -> None:
    from IPython import get_ipython

    get_ipython().display_pub.publish({MIME: text})


def publish(name: str) -> None:
    from IPython import get_ipython

    _publish(answer(get_ipython().user_ns, name))


def publish_calls(name: str, calls: str) -> None:
    from IPython import get_ipython

    _publish(answer_calls(get_ipython().user_ns, name, calls))
