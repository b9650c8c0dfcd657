"""From a parsed query to hits: planning, candidates of the store, fusion, grouping, reranking.

A question and a scope come in; a ``SearchResult`` goes out. Imports ``query``, ``store``, ``models`` and ``text``.
"""
