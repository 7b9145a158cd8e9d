"""Errors of task_store: what a caller did wrong, or what is wrong with the data.

StoreError
├── UnknownTaskError    no such task in this store
├── UnknownFamilyError  no such family is installed
└── BuildError          a generator broke its own promises (our fault)
"""


class StoreError(Exception):
    """Base of all errors that task_store raises on purpose."""


class UnknownTaskError(StoreError):
    def __init__(self, task_id: str) -> None:
        super().__init__(
            f"No task {task_id[:100]!r} in this store; list_tasks or `medgym tasks list` shows the ids."
        )


class UnknownFamilyError(StoreError):
    def __init__(self, family: str, known: list[str]) -> None:
        super().__init__(f"No family {family[:60]!r}; there are: {', '.join(known) or 'none'}.")


class BuildError(StoreError):
    pass
