"""What all systems are given: articles, the passages cut from them, and questions, in a folder.

``articles.jsonl`` is what news-rag reads, ``texts.jsonl`` the same passages for the others, ``questions.json`` the
questions by scenario; ``changed.jsonl`` has the articles with a sentence more in one of a hundred.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peers import Limits, Text
from rag.articles import Article

if TYPE_CHECKING:
    from rag.models.embedding import Embedder

_NEW = Article(
    "River depot of the trams closed",
    (
        "The tram company of Quarrendon closed its river depot on Tuesday, and repairs will take eleven weeks.",
        "Cars will be kept at the northern depot until then, a spokeswoman said, and no line is to be cut.",
    ),
    "Quarrendon Post",
    "https://post.example/depot",
)
_CHANGED = "An earlier version of this article misstated the number of trams."


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its limits, and what a good answer brings."""

    text: str
    facts: tuple[str, ...]
    within: Limits | None = None
    near: tuple[str, ...] = ()
    """The passages whose vectors are nearest within the limits, where that was looked up."""

    def recall(self, texts: Sequence[str], words: int = 2_000) -> float:
        """Share of its facts that stand in the first ``words`` words of what was found."""
        from rag.evaluation.matching import squeezed

        totals = accumulate(len(text.split()) for text in texts)
        read = [squeezed(text) for text, total in zip(texts, totals, strict=True) if total <= words]
        return sum(any(squeezed(fact) in text for text in read) for fact in self.facts) / len(self.facts)


class Material:
    """The folder as one system sees it."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self.index = folder / "indices" / name
        self.articles, self.changed, self.added = (
            folder / f"{what}.jsonl" for what in ("articles", "changed", "added")
        )
        told = json.loads((folder / "told.json").read_text())
        self._invented: bool = told["invented"]
        self.counts: dict[str, int] = {"articles": told["articles"], "passages": told["passages"]}
        self.outlet: str = told["outlet"]
        """That is to be removed."""
        self.words: int = told["words"]
        """In which a question's gold passage has to be found."""

    def texts(self) -> list[Text]:
        return list(_texts(self._folder / "texts.jsonl"))

    def added_texts(self) -> list[Text]:
        return list(_texts(self._folder / "added_texts.jsonl"))

    def embedder(self) -> Embedder | None:
        """What all are to embed with; None: each the packaged model in its own way."""
        if not self._invented:
            return None
        from benchmarks.invented import InventedEmbedder

        embedder = InventedEmbedder()
        embedder.embed_questions(["whereupon it has its words"])
        return embedder

    def questions(self) -> dict[str, list[Asked]]:
        asked = json.loads((self._folder / "questions.json").read_text())
        return {
            name: [
                Asked(
                    one["text"],
                    tuple(one["facts"]),
                    Limits(**one["within"]) if one["within"] else None,
                    tuple(one["near"]),
                )
                for one in some
            ]
            for name, some in asked.items()
        }


def write_articles(
    folder: Path, articles: Iterable[Article], cut: Mapping[str, Sequence[str]] | None, *, words: int
) -> None:
    """Write the articles; ``cut`` has the passages of each by its id, None where each paragraph is one.

    The outlet that is to be removed is one of a middling size; ``words`` as ``Material`` has it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    outlets, passages = Counter[str](), 0
    with (
        (folder / "articles.jsonl").open("w") as lines,
        (folder / "changed.jsonl").open("w") as changed,
        (folder / "texts.jsonl").open("w") as texts,
    ):
        for number, one in enumerate(articles):
            outlets[one.outlet or ""] += 1
            lines.write(_line(one))
            changed.write(_line(one if number % 100 else replace(one, paragraphs=(*one.paragraphs, _CHANGED))))
            own = cut[one.id] if cut else one.paragraphs
            texts.writelines(_cut(one, own))
            passages += len(own)
    (folder / "added.jsonl").write_text(_line(_NEW))
    (folder / "added_texts.jsonl").write_text("".join(_cut(_NEW, _NEW.paragraphs)))
    named = [name for name, _ in outlets.most_common() if name]
    told = {
        "invented": cut is None,
        "articles": outlets.total(),
        "passages": passages,
        "outlet": named[len(named) // 4],
        "words": words,
    }
    (folder / "told.json").write_text(json.dumps(told))


def write_questions(folder: Path, questions: Mapping[str, Sequence[Asked]]) -> None:
    """Write the questions by scenario; with them the material is whole."""
    asked = {name: [asdict(one) for one in some] for name, some in questions.items()}
    (folder / "questions.json").write_text(json.dumps(asked, ensure_ascii=False))


def read_texts(folder: Path) -> Iterator[Text]:
    return _texts(folder / "texts.jsonl")


def _texts(path: Path) -> Iterator[Text]:
    with path.open() as lines:
        for line in lines:
            yield Text(**json.loads(line))


def _cut(article: Article, passages: Sequence[str]) -> Iterator[str]:
    day = int(f"{article.published:%Y%m%d}") if article.published else 0
    for number, text in enumerate(passages):
        one = Text(f"{article.id}-{number}", text, article.title, article.outlet or "", day)
        yield json.dumps(asdict(one), ensure_ascii=False) + "\n"


def _line(article: Article) -> str:
    fields = {
        "title": article.title,
        "outlet": article.outlet,
        "url": article.url,
        "published": article.published.isoformat() if article.published else None,
        "author": ", ".join(article.authors),
        "text": "\n\n".join(article.paragraphs),
    }
    return json.dumps({name: value for name, value in fields.items() if value}, ensure_ascii=False) + "\n"
