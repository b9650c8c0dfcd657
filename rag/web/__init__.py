"""The web page: questions come in from a browser, and answers go out whose every sentence leads to its article.

``rag.web.serving.launch`` is the way in. May import every other room but ``cli``, ``adapters`` and ``evaluation``; of
all rooms only ``cli`` imports this one, when the page is asked for; but for ``resident``, which costs nothing.
"""
