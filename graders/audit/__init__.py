"""Measures the graders themselves: how often they accept what is wrong and refuse what is right.

From a spec and its gold come *probes*: answers that must be refused and rewrites that must be accepted,
each of a named class. `truth.py` says which answers are wrong by other means than the graders use, so
that a fault of a grader is not repeated in what it is measured by. Pure: no kernel, no I/O.

Does not cover: how variables and files are read (the codec), code that is graded by running it, and
whether a gold is the right answer to its question.
"""
