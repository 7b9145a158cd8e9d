"""Run code in live kernels: sessions, their executions, and what can be read out of them.

Knows no task. Kernels of the levels `full`, `confined` and `hardened` are forked from a warm
process and isolated (`zygote`, `sandbox`); `isolation` says which levels a machine can give.
"""

from kernel_manager.errors import (
    KernelBusyError,
    KernelDeadError,
    KernelError,
    KernelStartError,
    ProbeError,
)
from kernel_manager.ground import warm
from kernel_manager.session import KernelSession
from kernel_manager.types import Death, Execution, ForeignProvisioner, KernelConfig, KernelInfo

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
