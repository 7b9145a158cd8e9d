"""Hashed word n-grams: how much of a known text comes back in another one.

Words are runs of letters, marks and digits in lower case; the rest does not count. Hashes have 64
bits and no secret, so they find copies, not forgeries. Memory is 8 bytes a word of the known
texts while the index is made and 12 bytes a distinct n-gram afterwards; it does not grow with what
is compared.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""Any odd number: words are weighted by its powers, modulo 2**64, so order counts."""

SHORTEST = 4
"""Words of the shortest stretch that can tell one text from another."""

Hashes = NDArray[np.uint64]


class NgramIndex:
    """The n-grams of what is particular to each of many known texts.

    Words of an n-gram that stands in texts of more than one kind are common stock (a table schema,
    the form of an answer) and are taken out first, unless a text would have nothing left. A stretch
    shorter than n words is one n-gram of its own length, if it has at least `SHORTEST`.

    Args:
        texts: (text, its kind).
        n: words of an n-gram.
    """

    def __init__(self, texts: Iterable[tuple[str, str]], *, n: int) -> None:
        kinds: dict[str, int] = {}
        known: list[Hashes] = []
        kind_of: list[int] = []
        for text, kind in texts:
            known.append(_words(text))
            kind_of.append(kinds.setdefault(kind, len(kinds)))
        stock = _stock(known, kind_of, n)
        lengths: set[int] = set()
        grams: list[Hashes] = [np.empty(0, np.uint64)]
        for words in known:
            stretches = list(_particular(words, stock, n)) or [words]
            own = [_grams(stretch, min(n, len(stretch))) for stretch in stretches if len(stretch)]
            lengths.update(min(n, len(stretch)) for stretch in stretches)
            grams.append(np.unique(np.concatenate(own)) if own else np.empty(0, np.uint64))
        self._totals = np.array([len(own) for own in grams[1:]], np.int64)
        every = np.concatenate(grams)
        order = np.argsort(every, kind="stable")
        self._grams: Hashes = every[order]
        self._owners = np.repeat(np.arange(len(known), dtype=np.uint32), self._totals)[order]
        self._lengths = sorted(lengths - {0})

    def __len__(self) -> int:
        return len(self._totals)

    def shares(self, text: str) -> Iterator[tuple[int, float]]:
        """(number of the known text, share of its n-grams that `text` holds), for shares above 0."""
        if not len(self._grams):
            return
        asked = np.concatenate([np.empty(0, np.uint64), *_grams_of_lengths(_words(text), self._lengths)])
        place = np.minimum(np.searchsorted(self._grams, asked), len(self._grams) - 1)
        # Few n-grams of a text are known, so what costs more is done for these alone.
        known = np.unique(asked[self._grams[place] == asked])
        if not len(known):
            return
        first = np.searchsorted(self._grams, known, "left")
        last = np.searchsorted(self._grams, known, "right")
        hits = [self._owners[a:b] for a, b in zip(first, last, strict=True)]
        numbers, counts = np.unique(np.concatenate(hits), return_counts=True)
        for number, count in zip(numbers, counts, strict=True):
            yield int(number), float(count / self._totals[number])


def _stock(known: Sequence[Hashes], kind_of: Sequence[int], n: int) -> Hashes:
    """The n-grams that stand in texts of more than one kind."""
    grams = [_grams(words, n) if len(words) >= n else np.empty(0, np.uint64) for words in known]
    every = np.concatenate([np.empty(0, np.uint64), *grams])
    kinds = np.repeat(np.array(kind_of, np.uint32), [len(own) for own in grams])
    order = np.lexsort((kinds, every))
    every, kinds = every[order], kinds[order]
    found: Hashes = np.unique(every[1:][(every[1:] == every[:-1]) & (kinds[1:] != kinds[:-1])])
    return found


def _particular(words: Hashes, stock: Hashes, n: int) -> Iterator[Hashes]:
    """The stretches between what is common stock, if they are long enough to tell something."""
    covered = np.zeros(len(words), bool)
    if len(words) >= n:
        for start in np.flatnonzero(np.isin(_grams(words, n), stock)):
            covered[start : start + n] = True
    edges = np.flatnonzero(np.diff(np.concatenate(([True], covered, [True])).astype(np.int8)))
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        if end - first >= SHORTEST or end - first == len(words):
            yield words[first:end]


def _words(text: str) -> Hashes:
    return np.array([_word(word) for word in _WORD.findall(text.lower())], np.uint64)


@lru_cache(maxsize=1 << 16)
def _word(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")


def _grams(words: Hashes, length: int) -> Hashes:
    """The hash of every run of `length` words; needs at least that many."""
    (hashes,) = _grams_of_lengths(words, [length])
    return hashes


def _grams_of_lengths(words: Hashes, lengths: Sequence[int]) -> Iterator[Hashes]:
    """The hashes of every run of each of some lengths, which rise; none for those longer than the text."""
    hashes = np.zeros(len(words), np.uint64)
    weights = np.cumprod(np.full(max(lengths, default=0), _FACTOR))
    for length, weight in enumerate(weights[: len(words)], 1):
        hashes = hashes[: len(words) - length + 1] + words[length - 1 :] * weight
        if length in lengths:
            yield hashes
