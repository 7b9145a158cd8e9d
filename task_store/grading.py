"""How an answer is judged, as data: a closed union of specs, no behaviour.

A spec holds the gold, so it lives in the private half (`AnswerKey`). The graders
package matches over `GradingSpec` with `assert_never`: a new kind is one model here
and one file there.
"""

import datetime
import keyword
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, JsonValue, model_validator

from task_store.cells import Cell, ColumnKind, Row, fits, kinds_of
from task_store.types import Model

MAX_COLUMNS = 12
MAX_CALLS = 1000


class NumericSpec(Model):
    """A number inside [lower, upper], both ends included."""

    kind: Literal["numeric"] = "numeric"
    gold: float = Field(allow_inf_nan=False)
    lower: float = Field(allow_inf_nan=False)
    upper: float = Field(allow_inf_nan=False)
    integer: bool = False
    """True: only whole numbers (34, 34.0 and "34" are the same answer)."""
    valid_min: float | None = None
    """Smallest value that can be an answer at all (0 for a probability); None: no bound."""
    valid_max: float | None = None

    @model_validator(mode="after")
    def _gold_inside(self) -> Self:
        if not self.lower <= self.gold <= self.upper:
            raise ValueError(f"gold {self.gold} lies outside [{self.lower}, {self.upper}]")
        if self.integer and not self.gold.is_integer():
            raise ValueError(f"gold {self.gold} is no whole number")
        if (self.valid_min is not None and self.gold < self.valid_min) or (
            self.valid_max is not None and self.gold > self.valid_max
        ):
            raise ValueError(f"gold {self.gold} can never be an answer: it lies outside the valid range")
        return self

    @classmethod
    def exact(cls, gold: int) -> Self:
        return cls(gold=gold, lower=gold, upper=gold, integer=True)

    @classmethod
    def relative(cls, gold: float, tolerance: float) -> Self:
        """Within `tolerance` times |gold|, as MedCalc-Bench judges its equations (5 %)."""
        slack = abs(gold) * tolerance
        return cls(gold=gold, lower=gold - slack, upper=gold + slack)

    @classmethod
    def absolute(
        cls, gold: float, tolerance: float, *, valid_min: float | None = None, valid_max: float | None = None
    ) -> Self:
        return cls(
            gold=gold,
            lower=gold - tolerance,
            upper=gold + tolerance,
            valid_min=valid_min,
            valid_max=valid_max,
        )


class DateSpec(Model):
    """One calendar day."""

    kind: Literal["date"] = "date"
    gold: datetime.date


class DurationSpec(Model):
    """A length of time in whole weeks and days (days 0 to 6)."""

    kind: Literal["duration"] = "duration"
    weeks: int = Field(ge=0)
    days: int = Field(ge=0, le=6)


class ResultSetSpec(Model):
    """The rows that a query gives, as a multiset unless ranked."""

    kind: Literal["result_set"] = "result_set"
    columns: tuple[ColumnKind, ...] = Field(min_length=1, max_length=MAX_COLUMNS)
    rows: tuple[Row, ...]
    """Empty: the query gives no rows, which is not the same as one row of NULL."""
    also: tuple[tuple[Row, ...], ...] = ()
    """Other result sets that are just as right, each whole: for ties at a limit."""
    ranks: tuple[int, ...] | None = None
    """Not falling, one a row: rows of equal rank may stand in any order. None: all rows may."""
    columns_ordered: bool = False
    """True: the question says in which order the columns stand. False: they may be permuted, for all
    rows alike."""
    tolerance: float = Field(default=1e-4, ge=0, lt=0.1)
    """Relative to the gold, for `number` columns."""

    @model_validator(mode="after")
    def _well_formed(self) -> Self:
        for row in (row for rows in (self.rows, *self.also) for row in rows):
            if len(row) != len(self.columns):
                raise ValueError(f"a row has {len(row)} cells, not {len(self.columns)}")
            if not all(fits(kind, cell) for kind, cell in zip(self.columns, row, strict=True)):
                raise ValueError(f"the row {row} does not fit the columns {self.columns}")
        if self.ranks is not None and (
            {len(rows) for rows in (self.rows, *self.also)} != {len(self.ranks)}
            or list(self.ranks) != sorted(self.ranks)
        ):
            raise ValueError("ranks must be one a row, and not fall")
        return self

    @classmethod
    def of(
        cls,
        rows: Sequence[Sequence[Cell]],
        *,
        columns: Sequence[ColumnKind] | None = None,
        width: int | None = None,
        also: Sequence[Sequence[Sequence[Cell]]] = (),
        ranks: Sequence[int] | None = None,
        columns_ordered: bool = False,
    ) -> Self:
        """The spec for what a cursor fetched.

        Args:
            rows: as fetched.
            columns: None: told from the cells; name them where 0 and 1 mean no and yes.
            width: how many columns there are; needed only where there are no rows and no `columns`.
            also: other results that are just as right.
            ranks: place of each row in the order that the question asks for.
            columns_ordered: whether the question says in which order the columns stand.

        Raises:
            ValueError: a column holds text beside numbers, or something that is no cell.
        """
        tables = [rows, *also]
        if columns is None:
            width = len(rows[0]) if rows else width or 1
            columns = kinds_of([row for table in tables for row in table], width)
        first, *others = (tuple(tuple(row) for row in table) for table in tables)
        return cls(
            columns=tuple(columns),
            rows=first,
            also=tuple(others),
            ranks=None if ranks is None else tuple(ranks),
            columns_ordered=columns_ordered,
        )

    @classmethod
    def column(cls, cells: Sequence[Cell], *, ordered: bool) -> Self:
        """The spec for a list: one column, whose rows stand in their order where that matters."""
        return cls.of([[cell] for cell in cells], width=1, ranks=range(len(cells)) if ordered else None)


class OpenTextSpec(Model):
    """A short answer in free words, judged by what it must say and must not say."""

    kind: Literal["open_text"] = "open_text"
    reference: str
    """A whole answer that is right; what a judge compares with, where the user has one."""
    says: tuple[tuple[str, ...], ...] = Field(min_length=1)
    """One a fact that must be stated: any of its phrases states it, word by word."""
    never_says: tuple[str, ...] = ()
    """Phrases that make an answer wrong: the other candidates, so that naming all of them is no answer."""
    max_words: int = Field(default=60, ge=1, le=500)
    """Words that an answer may have."""

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        phrases = [phrase for fact in self.says for phrase in fact] + list(self.never_says)
        if not all(self.says) or not all(any(char.isalnum() for char in phrase) for phrase in phrases):
            raise ValueError("every fact needs a phrase, and every phrase a word")
        return self


class AbstainSpec(Model):
    """A part whose answer format is `rows` and that nothing in the world answers: abstaining is right."""

    kind: Literal["abstain"] = "abstain"


class TextSpec(Model):
    """A text, without regard to case and to how much space stands between words."""

    kind: Literal["text"] = "text"
    texts: tuple[str, ...] = Field(min_length=1)
    """The gold, and other texts that are just as right."""


class PValueSpec(Model):
    """A probability that a test gives."""

    kind: Literal["p_value"] = "p_value"
    gold: float = Field(ge=0, le=1)
    tolerance: float = Field(default=0.01, ge=0, lt=0.5)
    """Relative to the gold."""
    floor: float = Field(default=1e-12, ge=0, lt=1e-3)
    """All values up to here are the same answer: below it lies arithmetic, not evidence."""


class Call(Model):
    """One call of a function."""

    arguments: tuple[JsonValue, ...] = ()
    keywords: dict[str, JsonValue] = Field(default_factory=dict)


class Case(Call):
    """A call, and what a right function returns for it."""

    expected: JsonValue
    """As the codec gives it: tuples are lists, NaN is the text "NaN"."""

    @property
    def call(self) -> Call:
        """The half that code may see."""
        return Call(arguments=self.arguments, keywords=self.keywords)


class FunctionSpec(Model):
    """A function that returns what is expected for inputs that its author has not seen."""

    kind: Literal["function"] = "function"
    function: str
    """Its name."""
    cases: tuple[Case, ...] = Field(min_length=1, max_length=MAX_CALLS)
    setup: str = ""
    """Code that runs first, such as what the question shows; a function of the same name in it is dropped."""
    tolerance: float = Field(default=1e-6, ge=0, lt=0.1)
    """Relative, for numbers that are expected with a fraction."""
    time_limit_s: float = Field(default=60.0, gt=0, le=600)
    """Seconds for the definition and all calls together."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        _require_names([self.function])
        return self


ScalarSpec: TypeAlias = NumericSpec | DateSpec | DurationSpec
"""One value: what a calculation gives."""

Check = Annotated[ScalarSpec | ResultSetSpec | TextSpec | PValueSpec, Field(discriminator="kind")]
"""How one named result is judged; a list is rows of one column (`ResultSetSpec.column`)."""


class ValuesSpec(Model):
    """Named results of an analysis, all of which must be right."""

    kind: Literal["values"] = "values"
    checks: dict[str, Check] = Field(min_length=1, max_length=50)
    """By the name of the variable that holds the result."""
    setup: str = ""
    """Code that runs before submitted code, such as what loads the data; the question shows it."""
    time_limit_s: float = Field(default=120.0, gt=0, le=600)
    """Seconds for submitted code."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        _require_names(self.checks)
        return self


GradingSpec = Annotated[
    ScalarSpec | ResultSetSpec | OpenTextSpec | AbstainSpec | FunctionSpec | ValuesSpec,
    Field(discriminator="kind"),
]


def _require_names(names: Iterable[str]) -> None:
    for name in names:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ValueError(f"{name!r} is not a name that a Python variable can have")
