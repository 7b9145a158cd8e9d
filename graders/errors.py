"""Errors of graders: both are the agent's doing, and say what to do instead.

GraderError
├── MalformedAnswerError        the value does not have the form that the part asks for
└── UnreadableSubmissionError   the named variable or file gives no value
"""


class GraderError(Exception):
    """Base of all errors that graders raise on purpose."""


class MalformedAnswerError(GraderError):
    pass


class UnreadableSubmissionError(GraderError):
    pass
