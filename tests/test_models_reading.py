"""The reader that comes with the package, and what serves without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import ModelUnavailable
from rag.models import packaged as packaged_networks
from rag.models.reading import PackagedReader, RerankerReader, create_reader

TOLLS = "The harbour master of Port Ellery raised the tolls by nine per cent on Tuesday."
SWIM = "Swimming stays forbidden in Port Ellery until the end of July."


@pytest.fixture(scope="module")
def packaged() -> PackagedReader:
    return PackagedReader.load()


@pytest.mark.parametrize(
    ("question", "answers", "words"),
    [
        ("By how much did the tolls rise?", TOLLS, "nine per cent"),
        ("Who raised the tolls of Port Ellery?", TOLLS, "The harbour master"),
        ("How long is swimming forbidden in Port Ellery?", SWIM, "until the end of July"),
    ],
)
def test_the_sentence_that_answers_is_told_and_which_of_its_words_do(
    packaged: PackagedReader, question: str, answers: str, words: str
) -> None:
    found = packaged(question, [(one, "News of Port Ellery.") for one in (TOLLS, SWIM)])
    by_text = dict(zip((TOLLS, SWIM), found, strict=True))
    best = max(by_text, key=lambda text: by_text[text].answers)
    assert (best, best[by_text[best].start : by_text[best].end]) == (answers, words)
    assert packaged(question, []) == []
    assert packaged("", [("", "")])[0].end == 0
    assert packaged(question * 500, [(answers * 500, answers * 500)])[0].end <= len(answers) * 500


def test_weights_that_are_missing_or_altered_are_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ModelUnavailable, match=r"weights none.onnx are missing .*: install news-rag anew"):
        packaged_networks.load_network(tmp_path / "none.onnx")
    assert create_reader("none") is None
    monkeypatch.setattr(packaged_networks, "_begun", {})
    monkeypatch.setattr(packaged_networks, "DIGESTS", {})
    with pytest.raises(ModelUnavailable, match=r"were altered: install news-rag anew"):
        PackagedReader.load()
    assert create_reader() is None  # features serve meanwhile
    assert "answers are chosen without a reader" in caplog.text


def test_any_cross_encoder_can_be_a_reader() -> None:
    scores = {"News. Yes.": 0.75, "News. No.": 1.0}
    reader = RerankerReader(lambda question, texts: [scores[text] for text in texts])
    yes, sure = reader("Why?", [("Yes.", "News."), ("No.", "News.")])
    assert (round(yes.answers, 3), yes.end, sure.answers < 20) == (1.099, 0, True)
