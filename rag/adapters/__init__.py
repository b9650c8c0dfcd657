"""Retrievers in the form that LangChain and LlamaIndex ask for; each is an extra of its own."""
