"""Files go in, articles come out, or the reason why there is none; imports ``rag.articles``, ``errors``, ``text``.

- another kind of file: its suffix in ``files.py``, its reader in ``reading.py``
- another name of a field: the table of ``field_names.py``
- lines that are no reporting: ``page_furniture.py``
"""
