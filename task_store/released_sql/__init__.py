"""Released records whose gold is SQL (EHRSQL, TREQS): repair the query, run it, keep its rows.

The release's `answer` is never the gold: many were computed from queries that cannot give a right
one. Queries run on the user's licensed database, or on a world made from the queries themselves.
"""
