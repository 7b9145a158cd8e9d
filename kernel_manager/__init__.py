"""Run code in live kernels: sessions, their executions, and what can be read out of them.

Knows no task. Kernels of the levels `full`, `confined` and `hardened` are forked from a warm
process and isolated (`zygote`, `sandbox`); `isolation` says which levels a machine can give.

Names are loaded when first used: who only needs the types does not pay for a Jupyter client.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kernel_manager.errors import KernelBusyError as KernelBusyError
    from kernel_manager.errors import KernelDeadError as KernelDeadError
    from kernel_manager.errors import KernelError as KernelError
    from kernel_manager.errors import KernelStartError as KernelStartError
    from kernel_manager.errors import ProbeError as ProbeError
    from kernel_manager.ground import warm as warm
    from kernel_manager.session import KernelSession as KernelSession
    from kernel_manager.types import Death as Death
    from kernel_manager.types import Execution as Execution
    from kernel_manager.types import ForeignProvisioner as ForeignProvisioner
    from kernel_manager.types import KernelConfig as KernelConfig
    from kernel_manager.types import KernelInfo as KernelInfo

_HOMES = {
    "Death": "kernel_manager.types",
    "Execution": "kernel_manager.types",
    "ForeignProvisioner": "kernel_manager.types",
    "KernelBusyError": "kernel_manager.errors",
    "KernelConfig": "kernel_manager.types",
    "KernelDeadError": "kernel_manager.errors",
    "KernelError": "kernel_manager.errors",
    "KernelInfo": "kernel_manager.types",
    "KernelSession": "kernel_manager.session",
    "KernelStartError": "kernel_manager.errors",
    "ProbeError": "kernel_manager.errors",
    "warm": "kernel_manager.ground",
}

__all__ = [
    "Death",
    "Execution",
    "ForeignProvisioner",
    "KernelBusyError",
    "KernelConfig",
    "KernelDeadError",
    "KernelError",
    "KernelInfo",
    "KernelSession",
    "KernelStartError",
    "ProbeError",
    "warm",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'kernel_manager' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
