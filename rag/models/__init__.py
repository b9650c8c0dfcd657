"""The models that embed and rerank; the only owner of sentence-transformers.

Texts come in; unit vectors or scores go out. Imports no other room.
"""
