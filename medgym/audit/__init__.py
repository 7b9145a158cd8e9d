"""`medgym audit`: error rates of the graders over the tasks of a store.

`graders/audit` says what is submitted and what is right; here it is planned, spread over processes
and reported.
"""
