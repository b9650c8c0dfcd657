"""Checks a claim against the paragraphs that it cites, and a citation against the store, by rule.

In come a sentence and (article, paragraph) pairs; out comes a ``Verdict``, with what rules cannot judge said in it. May
import ``rag.text`` and ``rag.articles``, and of the store only its protocol.
"""
