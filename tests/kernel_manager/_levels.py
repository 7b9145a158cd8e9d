"""The isolation levels above `none` that this machine can give."""

from typing import Final

from kernel_manager import KernelStartError, isolation
from kernel_manager.zygote.job import Level


def _can_be_given(level: Level) -> bool:
    try:
        isolation.require(level)
    except KernelStartError:
        return False
    return True


_ALL: Final[tuple[Level, ...]] = ("full", "confined", "hardened")
LEVELS: Final = tuple(level for level in _ALL if _can_be_given(level))
NAMESPACED: Final = tuple(level for level in LEVELS if level != "hardened")
