"""A question comes in; what it names (days, outlets, authors, quoted words, a language) and its sub-queries go out.

May import ``rag.text`` and ``rag.store.scope``. Nothing here is a model: all is read by rule, in English.
"""
