"""Looking things up in a world: tables, columns, values, and terms that may be misspelt."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import ValidationError

from medgym.episode.render import info_text
from task_store import world_index
from task_store.terms import similar_terms
from task_store.world_index import build_index
from task_store.world_info import InfoError, InfoQuery, InfoReply, WorldInfo
from tests._requirements import requirement

DRUGS = [
    "Metoprolol Tartrate",
    "metoprolol succinate",
    "Heparin",
    "Aspirin",
    "Acetaminophen",
    "Sodium Chloride 0.9%",
]


@pytest.fixture(scope="module")
def info(tmp_path_factory: pytest.TempPathFactory) -> WorldInfo:
    folder = tmp_path_factory.mktemp("indexed")
    (folder / "world").mkdir()
    with closing(sqlite3.connect(folder / "world" / "ehr.sqlite")) as database:
        database.execute("CREATE TABLE drugs (id INTEGER, drug TEXT, given TEXT, dose REAL)")
        database.execute('CREATE TABLE "odd ""names" ("a b" TEXT)')
        for number in range(240):
            drug = DRUGS[min(number % 7, 5)]
            database.execute(
                "INSERT INTO drugs VALUES (?, ?, ?, ?)",
                (number, drug, f"2105-01-{1 + number % 28:02d} 10:00:00", None if number % 2 else 2.5),
            )
        database.execute('INSERT INTO "odd ""names" VALUES (?)', ("Pneumonia, organism unspecified",))
        database.commit()
    build_index(
        folder / "world", folder / "index.sqlite", meanings={"drugs": "what was given", "drugs.dose": "in mg"}
    )
    return WorldInfo(folder / "index.sqlite")


def ask(info: WorldInfo, **query: object) -> InfoReply:
    return info.ask(InfoQuery.model_validate(query))


@requirement("info:look-up")
def test_tables_and_columns_have_sizes_types_and_meanings(info: WorldInfo) -> None:
    tables = {table.name: table for table in ask(info, about="tables").tables}
    assert set(tables) == {"drugs", 'odd "names'}
    drugs = tables["drugs"]
    assert (drugs.rows, drugs.columns, drugs.meaning, drugs.file) == (240, 4, "what was given", "ehr.sqlite")
    columns = {column.name: column for column in ask(info, about="columns", table="DRUGS").columns}
    assert list(columns) == ["id", "drug", "given", "dose"]
    dose = columns["dose"]
    assert (dose.type, dose.filled, dose.different, dose.meaning) == ("REAL", 120, 1, "in mg")
    assert len(ask(info, about="columns").columns) == 5


@requirement("info:look-up")
def test_values_come_by_frequency_and_in_pages(info: WorldInfo) -> None:
    reply = ask(info, about="values", table="drugs", column="drug")
    assert [value.count for value in reply.values] == sorted(
        (v.count or 0 for v in reply.values), reverse=True
    )
    assert reply.values[0].value == "Sodium Chloride 0.9%"
    assert sum(value.count or 0 for value in reply.values) == 240
    pages = [ask(info, about="values", table="drugs", column="id", page=page) for page in range(1, 6)]
    assert [page.pages for page in pages] == [5] * 5
    assert sorted(value.value for page in pages for value in page.values) == list(range(240))


@requirement("info:terms")
@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("metoprolol tartrat", "Metoprolol Tartrate"),
        ("METOPROLOL TARTRATE", "Metoprolol Tartrate"),
        ("metroprolol tartrate", "Metoprolol Tartrate"),
        ("tartrate", "Metoprolol Tartrate"),
        ("succin", "metoprolol succinate"),
        ("asprin", "Aspirin"),
        ("hepain", "Heparin"),
        ("acetaminofen", "Acetaminophen"),
        ("sodium chlorid", "Sodium Chloride 0.9%"),
        ("pneumonia", "Pneumonia, organism unspecified"),
        ("0.", "Sodium Chloride 0.9%"),
    ],
)
def test_misspelt_and_cut_terms_are_found_first(info: WorldInfo, term: str, found: str) -> None:
    best = ask(info, about="term", term=term).terms[0]
    assert best.term == found
    assert best.count == (
        1
        if "Pneu" in found
        else next(
            value.count
            for value in ask(info, about="values", table="drugs", column="drug").values
            if value.value == found
        )
    )


@requirement("info:terms")
def test_nothing_like_it_and_other_columns_give_nothing(info: WorldInfo) -> None:
    assert ask(info, about="term", term="zzyzx qwv").terms == ()
    assert ask(info, about="term", term="2105-01-01").terms == ()  # times are no terms
    assert ask(info, about="term", term="heparin", column="given").terms == ()
    assert ask(info, about="term", term="heparin", table="drugs", column="drug").terms[0].similarity == 1
    for hostile in ('" OR 1', "'); DROP TABLE terms; --", "*", "NEAR(a b)", "%", "\x00or", "a?b"):
        ask(info, about="term", term=hostile)


@requirement("info:refused")
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"about": "columns", "table": "drug"}, "there is: drugs"),
        ({"about": "values", "table": "drugs"}, "name a table and a column"),
        ({"about": "values", "table": "drugs", "column": "drgu"}, "there is: drug"),
        ({"about": "values", "table": "drugs", "column": "drug", "page": 9}, "There are 1 pages"),
        ({"about": "term", "term": " "}, "say which"),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_to_ask(
    info: WorldInfo, query: dict[str, object], said: str
) -> None:
    with pytest.raises(InfoError, match=said):
        ask(info, **query)
    with pytest.raises(ValidationError):
        InfoQuery(about="term", term="x" * 201)


@requirement("info:look-up")
def test_columns_of_very_many_values_keep_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world_index, "MAX_DIFFERENT", 1000)
    (tmp_path / "world").mkdir()
    with closing(sqlite3.connect(tmp_path / "world" / "big.sqlite")) as database:
        database.execute("CREATE TABLE notes (id TEXT, kind TEXT)")
        rows = ((f"note number {number}", "nursing") for number in range(20_000))
        database.executemany("INSERT INTO notes VALUES (?, ?)", rows)
        database.commit()
    build_index(tmp_path / "world", tmp_path / "index.sqlite")
    info = WorldInfo(tmp_path / "index.sqlite")
    by_name = {column.name: column for column in ask(info, about="columns", table="notes").columns}
    assert (by_name["id"].different, by_name["kind"].different) == (None, 1)
    query = InfoQuery(about="values", table="notes", column="id")
    reply = info.ask(query)
    assert (reply.pages, {value.count for value in reply.values}) == (2, {None})
    assert info_text(query, reply).startswith("notes.id, examples:\n'note number 0'\n")
    assert ask(info, about="term", term="note number 5").terms == ()
    assert ask(info, about="term", term="nursin").terms[0].count == 20_000


@requirement("info:look-up")
def test_what_was_found_reads_as_lines(info: WorldInfo) -> None:
    for query, text in (
        (InfoQuery(about="tables"), "drugs (240 rows, 4 columns, world/ehr.sqlite): what was given"),
        (InfoQuery(about="columns", table="drugs"), "drugs.dose (REAL, 120 values, 1 different): in mg"),
        (
            InfoQuery(about="values", table="drugs", column="dose"),
            "drugs.dose, the most frequent first, page 1 of 1:",
        ),
        (InfoQuery(about="term", term="hepar"), "'Heparin' in drugs.drug (34 rows)"),
        (InfoQuery(about="term", term="qqqq"), "Nothing like that is in the data."),
    ):
        assert text in info_text(query, info.ask(query)).splitlines()


@requirement("info:terms")
def test_a_term_itself_is_first_among_thousands_that_hold_it(tmp_path: Path) -> None:
    (tmp_path / "world").mkdir()
    with closing(sqlite3.connect(tmp_path / "world" / "many.sqlite")) as database:
        database.execute("CREATE TABLE drugs (drug TEXT)")
        names = [f"heparin heparin heparin {number}" for number in range(3000)] + ["Heparin", "100%_heparin"]
        database.executemany("INSERT INTO drugs VALUES (?)", ((name,) for name in names))
        database.commit()
    build_index(tmp_path / "world", tmp_path / "index.sqlite")
    info = WorldInfo(tmp_path / "index.sqlite")
    assert ask(info, about="term", term="heparin").terms[0].term == "Heparin"
    assert ask(info, about="term", term="100%_hep").terms[0].term == "100%_heparin"


@requirement("info:bounded")
def test_a_search_reads_no_more_where_there_are_more_terms(tmp_path: Path) -> None:
    """In steps of SQLite's machine: ten times the terms, most of their trigrams in all of them."""
    steps = []
    for size in (500, 5000):
        world = tmp_path / str(size)
        world.mkdir()
        with closing(sqlite3.connect(world / "titles.sqlite")) as database:
            database.execute("CREATE TABLE titles (title TEXT)")
            numbers = (number * 97 % 100_003 for number in range(size))
            titles = ((f"acute disorder of the kidney, number {number:05d}",) for number in numbers)
            database.executemany("INSERT INTO titles VALUES (?)", titles)
            database.commit()
        build_index(world, tmp_path / f"{size}.sqlite")
        with closing(sqlite3.connect(tmp_path / f"{size}.sqlite")) as index:
            counted = _Counter()
            index.set_progress_handler(counted, 100)
            best = next(similar_terms(index, "acute disorder of the kidny, number 00970"))
        assert best.text == "acute disorder of the kidney, number 00970"
        steps.append(counted.calls)
    assert steps[1] < 3 * steps[0]


class _Counter:
    """Counts how often SQLite calls it."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> int:
        self.calls += 1
        return 0
