"""The collector: pure, so its bounds are tested without a kernel."""

import itertools
import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kernel_manager.output import MAX_ITEMS, Collector
from kernel_manager.types import DisplayOutput, ErrorOutput, Output, ResultOutput, StreamOutput
from tests._requirements import requirement

GAP = re.compile(r"\n\[\.\.\. (\d+) bytes of output dropped \.\.\.\]\n")
Chunk = tuple[str, str]

chunks = st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), st.text(max_size=12)), max_size=60)
one_stream = st.lists(st.text(st.characters(exclude_characters="[", codec="utf-8")), max_size=40)


def collect(*messages: tuple[str, dict[str, Any]], text: int = 1000, display: int = 10_000) -> Collector:
    collector = Collector(max_text=text, max_display=display)
    for kind, content in messages:
        collector.add(kind, content)
    return collector


def stream(name: str, text: str) -> tuple[str, dict[str, Any]]:
    return "stream", {"name": name, "text": text}


def show(text: str, display_id: str | None = None) -> tuple[str, dict[str, Any]]:
    return "display_data", {
        "data": {"text/plain": text},
        "metadata": {},
        "transient": {"display_id": display_id} if display_id else {},
    }


def texts(outputs: tuple[Output, ...]) -> list[Chunk]:
    return [(o.name, o.text) for o in outputs if isinstance(o, StreamOutput)]


def shown(outputs: tuple[Output, ...]) -> list[object]:
    return [o.data["text/plain"] for o in outputs if isinstance(o, DisplayOutput)]


@requirement("kernel:output-merge")
@given(chunks)
def test_text_below_the_cap_is_kept_whole_and_neighbours_merge(parts: list[Chunk]) -> None:
    outputs = collect(*[stream(*part) for part in parts], text=10_000).outputs()
    kept = texts(outputs)
    for name in ("stdout", "stderr"):
        assert "".join(t for n, t in kept if n == name) == "".join(t for n, t in parts if n == name)
    assert all(a[0] != b[0] for a, b in itertools.pairwise(kept))


@requirement("kernel:output-cap")
@given(one_stream, st.integers(min_value=1, max_value=200))
def test_text_above_the_cap_keeps_both_ends_and_counts_the_rest(parts: list[str], cap: int) -> None:
    collector = collect(*[stream("stdout", part) for part in parts], text=cap)
    whole = "".join(parts)
    seen = "".join(text for _, text in texts(collector.outputs()))
    gap = GAP.search(seen)
    if gap is None:
        assert seen == whole
        assert not collector.truncated
        return
    head, tail = seen[: gap.start()], seen[gap.end() :]
    assert collector.truncated
    assert whole.startswith(head)
    assert whole.endswith(tail)
    assert len((head + tail).encode()) + int(gap[1]) == len(whole.encode())
    assert len(head.encode()) <= (cap + 1) // 2
    assert len(tail.encode()) <= cap // 2


@requirement("kernel:output-cap")
@given(chunks, st.integers(min_value=1, max_value=100))
def test_memory_stays_within_the_cap_at_every_step(parts: list[Chunk], cap: int) -> None:
    collector = collect(text=cap)
    for part in parts:
        collector.add(*stream(*part))
        assert collector.kept_bytes <= cap


@requirement("kernel:output-cap")
@given(one_stream, st.integers(min_value=1, max_value=200))
def test_how_the_text_was_cut_into_messages_does_not_matter(parts: list[str], cap: int) -> None:
    pieces = collect(*[stream("stdout", part) for part in parts], text=cap)
    at_once = collect(stream("stdout", "".join(parts)), text=cap)
    assert pieces.outputs() == at_once.outputs()


@requirement("kernel:output-cap")
def test_a_flood_of_alternating_streams_cannot_make_a_million_outputs() -> None:
    collector = collect(text=10_000_000)
    for _ in range(20_000):
        collector.add(*stream("stdout", "a"))
        collector.add(*stream("stderr", "b"))
    assert len(collector.outputs()) <= MAX_ITEMS
    assert collector.truncated


@requirement("kernel:output-rich-cap")
def test_rich_outputs_past_the_cap_become_one_marker() -> None:
    collector = collect(*[show("x" * 400) for _ in range(10)], display=1000)
    kept = shown(collector.outputs())
    assert kept[:2] == ["x" * 400] * 2
    assert len(kept) == 3
    assert "8 rich outputs" in str(kept[2])
    assert collector.truncated


@requirement("kernel:output-rich-cap")
def test_an_error_with_a_huge_traceback_counts_as_rich_output() -> None:
    collector = collect(("error", {"ename": "E", "evalue": "v" * 5000, "traceback": []}), display=1000)
    assert "1 rich output " in str(shown(collector.outputs())[0])


@requirement("kernel:output-update")
def test_an_update_changes_the_displays_with_its_id_in_place() -> None:
    update = ("update_display_data", {"data": {"text/plain": "new"}, "transient": {"display_id": "a"}})
    collector = collect(show("old", "a"), show("other", "b"), stream("stdout", "s"), show("old", "a"), update)
    assert shown(collector.outputs()) == ["new", "other", "new"]


@requirement("kernel:output-update")
def test_updates_neither_grow_past_the_cap_nor_leak_budget() -> None:
    collector = collect(show("old", "a"), display=1000)
    for size in [600, 10, 600, 10, 600]:
        content = {"data": {"text/plain": "u" * size}, "transient": {"display_id": "a"}}
        collector.add("update_display_data", content)
    assert shown(collector.outputs()) == ["u" * 600]
    collector.add(
        "update_display_data", {"data": {"text/plain": "u" * 2000}, "transient": {"display_id": "a"}}
    )
    assert "dropped" in str(shown(collector.outputs())[0])
    assert collector.truncated


@requirement("kernel:output-clear")
def test_clear_output_clears_now_or_with_the_next_output() -> None:
    now = collect(stream("stdout", "a"), ("clear_output", {"wait": False}))
    assert now.outputs() == ()
    later = collect(stream("stdout", "a"), ("clear_output", {"wait": True}))
    assert texts(later.outputs()) == [("stdout", "a")]
    later.add(*stream("stdout", "b"))
    assert texts(later.outputs()) == [("stdout", "b")]


@requirement("kernel:output-clear")
def test_clear_output_frees_the_budget() -> None:
    collector = collect(stream("stdout", "a" * 5000), ("clear_output", {}), stream("stdout", "b"), text=100)
    assert texts(collector.outputs()) == [("stdout", "b")]
    assert not collector.truncated


@requirement("kernel:output-typed")
def test_each_message_becomes_its_own_type() -> None:
    result, error = collect(
        ("execute_result", {"data": {"text/plain": "2"}, "metadata": {}, "execution_count": 7}),
        ("error", {"ename": "E", "evalue": "v", "traceback": ["a", "b"]}),
        ("status", {"execution_state": "idle"}),
    ).outputs()
    assert result == ResultOutput(data={"text/plain": "2"}, execution_count=7)
    assert error == ErrorOutput(ename="E", evalue="v", traceback=("a", "b"))


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
kinds = ["stream", "display_data", "update_display_data", "execute_result", "error", "clear_output", "?"]
names = ["name", "text", "data", "metadata", "transient", "ename", "evalue", "traceback", "wait"]


@requirement("kernel:output-hostile")
@given(st.lists(st.tuples(st.sampled_from(kinds), st.dictionaries(st.sampled_from(names), json_like))))
def test_malformed_messages_never_raise_and_outputs_are_always_encodable(
    messages: list[tuple[str, dict[str, Any]]],
) -> None:
    for output in collect(*messages).outputs():
        json.dumps(output.model_dump(), allow_nan=False, ensure_ascii=False).encode()


@requirement("kernel:output-hostile")
def test_lone_surrogates_and_infinite_numbers_are_made_encodable() -> None:
    bundle = {"text/plain": "\ud800", "application/json": {"a": float("inf")}}
    collector = collect(stream("stdout", "a\udc00b"), ("display_data", {"data": bundle}))
    text, display = collector.outputs()
    assert isinstance(text, StreamOutput)
    assert text.text == "a?b"
    assert isinstance(display, DisplayOutput)
    assert display.data == {"text/plain": "?", "application/json": {"a": "inf"}}


@requirement("kernel:output-loss")
def test_a_lost_message_leaves_a_marker() -> None:
    collector = collect(stream("stdout", "a"))
    collector.note_loss()
    assert collector.truncated
    assert "lost" in texts(collector.outputs())[-1][1]
