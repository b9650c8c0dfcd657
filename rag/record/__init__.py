"""Keeps an answer as a record that outlives its index."""

from rag.record.deserialize import from_json, is_record
from rag.record.files import checked_record, read_answer, save_answer
from rag.record.serialize import FORMAT, RECORD, to_json

__all__ = ["FORMAT", "RECORD", "checked_record", "from_json", "is_record", "read_answer", "save_answer", "to_json"]
