"""Publishes a snapshot of a draft, with the questions that it suggests."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Self

from index.bases import COVERAGE, SKIPPED_FILE, Base, Skipped
from rag.articles import Article
from rag.models.embedding import ModelIdentity
from rag.store.draft import CoverageDraft
from rag.store.folder import IndexFolder
from rag.store.manifest import FORMAT, Chunking, Counts, Manifest, write_file
from rag.store.parts import PartsDraft
from rag.store.protocol import Suggestion
from rag.store.snapshot import Snapshot
from rag.store.suggested import SUGGESTED, suggested_bytes

_log = logging.getLogger(__name__)
_LIBRARIES = (
    "faiss-cpu tantivy onnxruntime tokenizers sentence-transformers torch tiktoken nupunkt snowballstemmer numpy"
).split()

Suggest = Callable[[Callable[[], Snapshot], Sequence[Article], Sequence[Suggestion] | None], Sequence[Suggestion]]
"""Chooses the questions that a snapshot suggests: of the articles that came, the newest first, and of what is carried
over from the one before, None where all is new. The snapshot can be opened, and is to be closed again."""
# An addition to a larger index is to be quick: what that suggests is carried over, and chosen by a build.
_QUICKLY_OPENED = 50_000
# Articles, the newest, of which suggestions may be made.
_LOOKED_AT = 400


class Change:
    """A snapshot that is about to be published."""

    def __init__(
        self,
        folder: IndexFolder,
        staging: Path,
        draft: CoverageDraft,
        chunking: Chunking,
        model: ModelIdentity,
        made_by: str,
        skipped: Sequence[Skipped],
    ) -> None:
        self._folder = folder
        self._staging = staging
        self._draft = draft
        self._chunking = chunking
        self._model = model
        self._made_by = made_by
        self._skipped = list({json.dumps(line, ensure_ascii=False): line for line in skipped})
        # What was skipped counts too: a snapshot answers why an article is missing.
        told = [FORMAT, chunking.budget, chunking.encoding, model.name, model.digest, model.passage_prompt]
        self.content = hashlib.sha256(json.dumps([*told, draft.digest(), self._skipped]).encode()).hexdigest()

    @classmethod
    def like(
        cls, base: Base, folder: IndexFolder, staging: Path, draft: CoverageDraft, skipped: Sequence[Skipped]
    ) -> Self:
        """A snapshot like ``base``, of the articles of a draft."""
        like = base.manifest
        return cls(folder, staging, draft, like.chunking, like.model, like.program, skipped)

    def publish(
        self,
        parts: PartsDraft,
        *,
        base: Base | None = None,
        erase: bool = False,
        instead_of: Manifest | None = None,
        suggest: Suggest | None = None,
        rebuilt: bool = False,
    ) -> Manifest:
        """Publish it as the current snapshot, or in the place of an older one; ``erase`` as in ``finish``.

        It suggests what ``base`` did, of articles that stand as they were there, and what ``suggest`` chooses; where it
        is ``rebuilt``, all is chosen anew as soon as half of that is gone, or where there was nothing.
        """
        before = base.suggestions() if base else ()
        carried = [one for one in before if self._stands(one)] if base else None
        if rebuilt and suggest and 2 * len(carried or ()) <= len(before):
            carried = None
        came = list(islice(self._draft.came(whole=carried is None), _LOOKED_AT)) if suggest else []
        name, created = self._folder.name(self.content, instead_of)
        articles, versions, paragraphs, passages = self._draft.counts()
        skipped = sum('"skipped": ' in line for line in self._skipped)
        lines = "".join(line + "\n" for line in self._skipped).encode()
        files, vectors = parts.finish()
        manifest = Manifest(
            id=name,
            created=created,
            content=self.content,
            model=self._model,
            chunking=self._chunking,
            program=self._made_by,
            vectors=vectors,
            libraries={library: version(library) for library in _LIBRARIES},
            counts=Counts(articles, versions, paragraphs, passages, skipped),
            files={
                COVERAGE: self._draft.finish(erase=erase),
                SKIPPED_FILE: write_file(self._staging / SKIPPED_FILE, lines),
                **files,
            },
        )
        if carried is not None and not rebuilt and manifest.counts.passages > _QUICKLY_OPENED:
            suggest = None
        if suggest or (base and SUGGESTED in base.manifest.files):
            chosen = self._chosen(manifest, came, carried, suggest)
            record = write_file(self._staging / SUGGESTED, suggested_bytes(chosen))
            manifest = replace(manifest, files=manifest.files | {SUGGESTED: record})
        self._folder.publish(self._staging, manifest, current=instead_of is None)
        return manifest

    def _stands(self, suggestion: Suggestion) -> bool:
        """Whether the article of a suggestion is searched in the version of which it was made."""
        versions = self._draft.known(suggestion.article_id)
        return bool(versions) and versions[-1].current and versions[-1].article.version == suggestion.version

    def _chosen(
        self, manifest: Manifest, came: Sequence[Article], carried: Sequence[Suggestion] | None, suggest: Suggest | None
    ) -> Sequence[Suggestion]:
        """What the staged snapshot suggests; that nothing can be chosen is no reason not to publish it."""
        if suggest is None:
            return carried or ()
        try:
            return suggest(lambda: Snapshot.load(self._folder, manifest, self._staging), came, carried)
        except Exception as error:  # its articles and its search are whole without
            _log.warning("no questions are suggested: %s", error)
            return carried or ()
