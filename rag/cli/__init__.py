"""The command lines' shared parts, and `rag`."""
