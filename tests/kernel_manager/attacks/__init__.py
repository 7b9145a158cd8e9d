"""Attacks of agents on what surrounds their kernel, in six classes, and the proof that they fail.

`secrets`, `network`, `neighbours`, `escape`, `exhaustion` and `forgery` hold the attacks: ordinary
functions that are never called in this process. Their source is sent to an isolated kernel and
runs there (`kit`, `arena`). Nothing here harms what it aims at if it succeeds: signals are ones
that everybody ignores, the clock is set to what it is, the server is only read. An attack that
takes resources first reads its limit back.

`docs/security.md` holds a table of all of them; `page` makes it and a test compares.
"""
