"""Is it right: submissions in, grades out, and the gold never shown on the way.

`grade.py` is the way in; one small pure file judges each kind of `GradingSpec`.
"""
