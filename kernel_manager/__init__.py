"""Run code in live kernels: sessions, their executions, and what can be read out of them.

Knows no task. Isolation: this version launches stock kernels (level `none`), see `isolation`.
"""

from kernel_manager.errors import (
    KernelBusyError,
    KernelDeadError,
    KernelError,
    KernelStartError,
    ProbeError,
)
from kernel_manager.session import KernelSession
from kernel_manager.types import Execution, KernelConfig, KernelInfo

__all__ = [
    "Execution",
    "KernelBusyError",
    "KernelConfig",
    "KernelDeadError",
    "KernelError",
    "KernelInfo",
    "KernelSession",
    "KernelStartError",
    "ProbeError",
]
