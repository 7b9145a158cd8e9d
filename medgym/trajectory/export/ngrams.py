"""Hashed word n-grams: how much of a known text comes back in another one.

Words are runs of letters, marks and digits in lower case; the rest does not count. A text shorter
than n words is one n-gram of its own length. Hashes have 64 bits and no secret, so they find
copies, not forgeries. Memory is 12 bytes a distinct n-gram of the known texts, and does not grow
with what is compared.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""Any odd number: words are weighted by its powers, modulo 2**64, so order counts."""

Hashes = NDArray[np.uint64]


class NgramIndex:
    """The n-grams of many known texts, without those that say nothing.

    An n-gram that stands in texts of more than one kind is common stock (a table schema, the form
    of an answer): it is left out, unless a text would have nothing left.

    Args:
        texts: (text, its kind); read once, never kept.
        n: words of an n-gram.
    """

    def __init__(self, texts: Iterable[tuple[str, str]], *, n: int) -> None:
        grams: list[Hashes] = [np.empty(0, np.uint64)]
        kinds: dict[str, int] = {}
        kind_of: list[int] = []
        lengths: set[int] = set()
        for text, kind in texts:
            words = _words(text)
            length = min(n, len(words))
            lengths.add(length)
            grams.append(np.unique(_grams(words, length)) if length else np.empty(0, np.uint64))
            kind_of.append(kinds.setdefault(kind, len(kinds)))
        every = np.concatenate(grams)
        owners = np.repeat(np.arange(len(kind_of), dtype=np.uint32), [len(own) for own in grams[1:]])
        telling = ~np.isin(every, _common(every, np.array(kind_of, np.uint32)[owners]))
        left = np.bincount(owners[telling], minlength=len(kind_of))
        kept = telling | (left[owners] == 0)
        order = np.argsort(every[kept], kind="stable")
        self._grams: Hashes = every[kept][order]
        self._owners = owners[kept][order]
        self._totals = np.bincount(self._owners, minlength=len(kind_of))
        self._lengths = sorted(lengths - {0})

    def __len__(self) -> int:
        return len(self._totals)

    def shares(self, text: str) -> Iterator[tuple[int, float]]:
        """(number of the known text, share of its n-grams that `text` holds), for shares above 0."""
        words = _words(text)
        found = [np.unique(_grams(words, length)) for length in self._lengths if length <= len(words)]
        if not found:
            return
        asked = np.unique(np.concatenate(found))
        first = np.searchsorted(self._grams, asked, "left")
        last = np.searchsorted(self._grams, asked, "right")
        hits = [self._owners[a:b] for a, b in zip(first, last, strict=True) if b > a]
        if not hits:
            return
        numbers, counts = np.unique(np.concatenate(hits), return_counts=True)
        for number, count in zip(numbers, counts, strict=True):
            yield int(number), float(count / self._totals[number])


def _common(grams: Hashes, kinds: NDArray[np.uint32]) -> Hashes:
    """The n-grams that stand beside more than one kind."""
    order = np.lexsort((kinds, grams))
    sorted_grams, sorted_kinds = grams[order], kinds[order]
    same = sorted_grams[1:] == sorted_grams[:-1]
    found: Hashes = np.unique(sorted_grams[1:][same & (sorted_kinds[1:] != sorted_kinds[:-1])])
    return found


def _words(text: str) -> Hashes:
    return np.array([_word(word) for word in _WORD.findall(text.lower())], np.uint64)


@lru_cache(maxsize=1 << 16)
def _word(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")


def _grams(words: Hashes, length: int) -> Hashes:
    """The hash of every run of `length` words; needs at least that many."""
    runs = np.lib.stride_tricks.sliding_window_view(words, length)
    weights = np.cumprod(np.full(length, _FACTOR))
    hashes: Hashes = (runs * weights).sum(axis=1, dtype=np.uint64)
    return hashes
