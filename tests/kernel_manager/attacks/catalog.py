"""The six classes of attacks, and which levels claim to stop each attack."""

from types import ModuleType
from typing import Final

from tests.kernel_manager.attacks import escape, exhaustion, forgery, neighbours, network, secrets
from tests.kernel_manager.attacks.kit import Attack

CLASSES: Final[dict[str, ModuleType]] = {
    "Read secrets": secrets,
    "Reach the network": network,
    "Reach siblings or the server": neighbours,
    "Break out or gain privilege": escape,
    "Exhaust a resource": exhaustion,
    "Forge messages": forgery,
}
HARMLESS: Final = (secrets, network, neighbours, escape)
"""Each leaves the kernel that it ran in usable, and costs milliseconds."""


def attacks(module: ModuleType) -> list[Attack]:
    found: list[Attack] = module.ATTACKS
    return found
