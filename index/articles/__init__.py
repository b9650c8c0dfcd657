"""Items go in, articles come out, or the reason why there is none; what a format is called plays no part.

- a record of fields: ``records.py``, the facts in it ``facts.py``; another name of a field: ``field_names.py``
- a whole text: ``body.py``, with ``front_matter.py``, ``paragraphs.py``, ``tables.py``
- one kind of fact: ``dates.py``, ``authors.py``, ``outlets.py``
- lines that are no reporting: ``page_furniture.py``, ``template_marks.py``
- any text: ``encodings.py``, ``characters.py``, ``markup.py``, ``blocks.py``
"""
