"""Exhaust a resource."""

from typing import Final

from tests.kernel_manager.attacks.kit import Attack

ATTACKS: Final[list[Attack]] = []
