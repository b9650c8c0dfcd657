"""Keeps an answer as a record that outlives its index."""

from rag.archiving.keeping import checked_record, read_answer, save_answer
from rag.archiving.reading import from_json, is_record
from rag.archiving.writing import FORMAT, RECORD, to_json

__all__ = ["FORMAT", "RECORD", "checked_record", "from_json", "is_record", "read_answer", "save_answer", "to_json"]
