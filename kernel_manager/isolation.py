"""Which isolation this version can give, layer by layer, with the reason.

This version launches stock kernels: an ordinary child process under the server's own user.
It claims to stop nothing, and says so.
"""

from kernel_manager.errors import KernelStartError
from kernel_manager.types import Isolation, Layer

_REASON = "This version launches stock kernels, which run as ordinary processes of the server's user."
_LAYERS = ("namespaces", "seccomp", "cgroup", "rlimits", "landlock")


def available() -> Isolation:
    """The best level that this version can give on this machine."""
    return "none"


def layers() -> tuple[Layer, ...]:
    """Every layer that a stronger level is made of, active or not."""
    return tuple(Layer(name=name, active=False, reason=_REASON) for name in _LAYERS)


def require(level: Isolation) -> None:
    """Refuse a level that cannot be given, rather than give less than was asked for.

    Raises:
        KernelStartError: `level` is not available.
    """
    if level != available():
        raise KernelStartError(f'Isolation "{level}" is not available: this version offers only "none".')
