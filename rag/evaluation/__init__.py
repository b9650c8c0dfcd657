"""Measures retrieval on questions whose evidence is known."""
