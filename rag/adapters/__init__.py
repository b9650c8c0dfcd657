"""A retriever in the form that LangChain, or LlamaIndex, asks for; each is an extra, and imports search and store."""
