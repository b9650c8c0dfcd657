"""The questions that a snapshot suggests, in a file that is derived from its articles."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rag.store.manifest import Manifest
from rag.store.protocol import Suggestion

SUGGESTED = "questions.json"
"""The file; a snapshot may have none."""


def suggested_bytes(suggestions: Sequence[Suggestion]) -> bytes:
    """As stored: a JSON list in their order, in UTF-8 as they are, so that a look for removed text finds it."""
    return (json.dumps([asdict(one) for one in suggestions], indent=1, ensure_ascii=False) + "\n").encode()


def read_suggested(snapshot: Path, manifest: Manifest) -> tuple[Suggestion, ...]:
    """What the snapshot in a folder suggests; nothing where its file is not, byte for byte, what was published."""
    record = manifest.files.get(SUGGESTED)
    try:
        data = (snapshot / SUGGESTED).read_bytes() if record else b""
        if not record or hashlib.sha256(data).hexdigest() != record.sha256:
            return ()
        return tuple(Suggestion(**fields) for fields in json.loads(data))
    except (OSError, ValueError, TypeError):
        return ()
