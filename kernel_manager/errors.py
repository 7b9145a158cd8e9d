"""Errors of kernel_manager.

KernelError
├── KernelStartError    no kernel came up (our fault, or the machine's)
├── KernelDeadError     the kernel is gone; restart gives a fresh one
├── KernelBusyError     one cell at a time
├── PoolBusyError       every place of the pool is taken
└── ProbeError          a variable or file cannot be read (the agent's doing)
"""


class KernelError(Exception):
    """Base of all errors that kernel_manager raises on purpose."""


class KernelStartError(KernelError):
    pass


class KernelDeadError(KernelError):
    pass


class KernelBusyError(KernelError):
    pass


class ProbeError(KernelError):
    pass


class PoolBusyError(KernelError):
    """How many places there are, how many requests wait, and how long this one did."""

    def __init__(self, size: int, waiting: int, waited_s: float) -> None:
        others = f", and {waiting} more wait" if waiting else ""
        super().__init__(
            f"All {size} kernels are in use{others}; none became free in {waited_s:.0f} s."
            if waited_s
            else f"All {size} kernels are in use{others}, which is as many as may."
        )
        self.size = size
        self.waiting = waiting
        self.waited_s = waited_s
