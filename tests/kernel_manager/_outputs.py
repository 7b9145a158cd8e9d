"""Reading executions in tests."""

from kernel_manager.types import DisplayOutput, ErrorOutput, Execution, ResultOutput, StreamOutput


def text_of(execution: Execution, name: str = "stdout") -> str:
    """All text of one stream."""
    return "".join(o.text for o in execution.outputs if isinstance(o, StreamOutput) and o.name == name)


def error_of(execution: Execution) -> ErrorOutput:
    """The only error."""
    (error,) = [o for o in execution.outputs if isinstance(o, ErrorOutput)]
    return error


def result_of(execution: Execution) -> str:
    """Plain text of the only result."""
    (result,) = [o for o in execution.outputs if isinstance(o, ResultOutput)]
    return str(result.data["text/plain"])


def displays_of(execution: Execution) -> list[DisplayOutput]:
    return [o for o in execution.outputs if isinstance(o, DisplayOutput)]
