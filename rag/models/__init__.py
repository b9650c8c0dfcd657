"""The models that embed and rerank; the only owner of sentence-transformers."""
