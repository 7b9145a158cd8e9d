"""An LLM judge's opinion of answers in free words: off by default, recorded beside grades, never one.

A judge is asked twice, with the two texts' places swapped, and has an opinion only where both times
agree. How far its opinions can be trusted is measured on labelled examples (`medgym judge check`).
"""
