"""A stand-in for a licensed database, made from the queries of the records that ask about it.

`syntax`/`parser` read a query; `needs` says which rows it must find, tied to one another by their
keys; `solver` gives their columns values; `rows` writes them; `seed` does it for all queries over
a background of the built-in world's invented patients. What differs between schemas is a `Shape`.
"""
