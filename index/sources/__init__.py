"""What news is read from, and the way from there to an article or to the reason why there is none.

``source.py`` says what a source, an item and a format are; ``files.py`` finds sources on disk; ``formats.py`` lists the
formats, whose readers are in ``index/readers/``; ``reading.py`` has a source read, and each item made an article by
``index/articles/``.
"""
