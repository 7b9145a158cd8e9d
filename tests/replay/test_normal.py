"""What is left out when texts are compared, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medgym.replay.normal import Window, comparable
from tests._requirements import requirement

RUN = Window.of("2026-03-05T10:00:00+00:00", 60.0)

SAME = [
    ("<A object at 0x7f3a5c0>", "<A object at 0x7f3b000>"),
    ("<bound method A.f of <A object at 0x7f3a5c0>>", "<bound method A.f of <A object at 0x7f00000>>"),
    ("in /tmp/ipykernel_12/3847.py:3: Warning", "in /tmp/ipykernel_99/1.py:3: Warning"),
    ("/tmp/tmpab12cd_x/out", "/tmp/tmpzz99yy_x/out"),
    ("\x1b[31mred\x1b[0m", "red"),
    ("a:  50%|#####     | 1/2 [00:00<00:00,  9.1it/s]\ra: 100%|##########| 2/2 [00:00<00:00, 12.0it/s]",
     "a: 100%|##########| 2/2 [00:01<00:00,  3.2it/s]"),
    ("12it [00:00, 100.00it/s]\r25it [00:00, 110.00it/s]", "25it [00:09, 1.00it/s]"),
    ("CPU times: user 1.2 ms, sys: 0 ns, total: 1.2 ms\nWall time: 1.19 ms",
     "CPU times: user 13.2 ms, sys: 3 μs, total: 16.2 ms\nWall time: 1min 19s"),
    ("CPU times: user 6 μs, sys: 1e+03 ns, total: 7 μs",
     "CPU times: user 1 h 2min 3s, sys: 0 ns, total: 1 s"),
    ("10.2 ns ± 0.1 ns per loop (mean ± std. dev. of 7 runs, 100,000,000 loops each)",
     "1.02 μs ± 12 ns per loop (mean ± std. dev. of 7 runs, 1,000,000 loops each)"),
    ("2026-03-05 10:00:01,123 INFO x", "2026-03-05 10:00:44,999 INFO x"),
    ("-rw-r--r-- 1 u u 5 Mar  5 10:00 note.txt", "-rw-r--r-- 1 u u 5 Mar  5 11:30 note.txt"),
    ("Thu Mar  5 10:00:01 2026", "Thu Mar  5 10:00:59 2026"),
]  # fmt: skip

OTHER = [
    ("0x7f3a5c0", "0x7f3b000"),  # a number of the code's own
    ("tmp_results1", "tmp_results2"),
    ("admitted 2105-03-05 10:00:01", "admitted 2105-03-05 10:00:02"),
    ("Wall time: none", "Wall time: some"),
    ("100%|##########| 2/2 [00:00<00:00]", "100%|##########| 3/3 [00:00<00:00]"),
    ("one\r100%|##########| 2/2 [00:00<00:00]", "two\r100%|##########| 2/2 [00:00<00:00]"),
    ("1.0", "1.00"),
    ("a\nb", "b\na"),
]


@requirement("replay:normalised")
@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_are_the_same(one: str, other: str) -> None:
    assert comparable(one, stamps=RUN, timed=True) == comparable(other, stamps=RUN, timed=True)
    assert one != other


@requirement("replay:normalised")
@pytest.mark.parametrize(("one", "other"), OTHER)
def test_these_differ(one: str, other: str) -> None:
    assert comparable(one, stamps=RUN, timed=True) != comparable(other, stamps=RUN, timed=True)


@requirement("replay:normalised")
def test_timings_count_where_nobody_asked_ipython_for_them() -> None:
    texts = ("Wall time: 1 ms", "Wall time: 2 ms")
    assert len({comparable(text, stamps=None, timed=False) for text in texts}) == 2


@requirement("replay:clock-is-a-value")
def test_timestamps_count_where_they_may_be_values() -> None:
    one, other = "2026-03-05 10:00:01,123 INFO", "2026-03-05 10:00:02,123 INFO"
    assert comparable(one, stamps=None, timed=False) != comparable(other, stamps=None, timed=False)


@requirement("replay:normalised")
@given(
    st.text(alphabet="abc xyz\n-_/()=,'", max_size=60), st.integers(0, 10**6), st.text(" ab\n", max_size=9)
)
def test_numbers_are_never_left_out(before: str, number: int, after: str) -> None:
    """Any text around a number: another number is another text."""
    texts = [f"{before} {n} {after}" for n in (number, number + 1)]
    assert len({comparable(text, stamps=RUN, timed=True) for text in texts}) == 2
