"""Errors of kernel_manager.

KernelError
├── KernelStartError    no kernel came up (our fault, or the machine's)
├── KernelDeadError     the kernel is gone; restart gives a fresh one
├── KernelBusyError     one cell at a time
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
