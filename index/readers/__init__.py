"""A module for each family of formats: bytes go in, items come out, as records of fields or as whole texts.

To add a format: a ``Format`` in a module here, and a line in ``index/sources/formats.py``.
"""
