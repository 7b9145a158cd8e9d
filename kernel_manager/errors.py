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
        super().__init__(
            f"{size} kernels are in use, {waiting} more requests wait; this one did {waited_s:.0f} s."
        )
        self.size = size
        self.waiting = waiting
        self.waited_s = waited_s
