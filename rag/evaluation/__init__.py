"""Measures an index on questions whose evidence is known: a file of questions and an index come in, a report goes out.

May import answer, search, check, store and text; only `rag evaluate` and benchmarks/ import it.
"""
