"""Writes an answer with its sources for other programs: Markdown with footnotes, a web page, CSL-JSON, BibTeX."""
