"""The same articles built and asked by news-rag and by what people would use instead, with the same model.

``python -m benchmarks.side_by_side CORPUS QUESTIONS [--systems A,B] [--articles N] [--anew]``, in an environment with
the extra ``peers`` (``make peers``). QUESTIONS are read as ``rag evaluate`` reads them; those with evidence are asked.
Results go to ``data/bench/articles.jsonl``; ``python -m benchmarks.tables`` prints them.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle, islice
from pathlib import Path

from benchmarks.peers import OURS, SYSTEMS, Limits
from benchmarks.peers.material import Asked, Material, write_articles, write_questions
from benchmarks.peers.news_rag import BUDGET, day_number
from benchmarks.peers.running import Results, run
from index.chunking import chunk, fit
from index.sources.files import find_files
from index.sources.reading import read_files
from rag.articles import Article
from rag.evaluation.questions import GoldQuestion, read_questions
from rag.models.embedding import load_embedder

FOLDER = Path("data/bench")
QUESTIONS, FACTS = 260, 150
"""Of each scenario, and those of which facts are counted."""


def prepare(folder: Path, corpus: Path, questions: Path, most: int | None) -> None:
    """Read the articles, cut them as a build does, and choose questions."""
    read = [one.article for one in read_files(find_files([corpus]), today=date.today()) if one.article]
    articles = list({one.id: one for one in read}.values())[:most]
    embedder = load_embedder()

    def fits(texts: Sequence[str]) -> list[bool]:
        return [count <= embedder.identity.window for count in embedder.count_tokens(texts)]

    cut = {one.id: [passage.text for passage in fit(one, chunk(one, BUDGET), BUDGET, fits)] for one in articles}
    by_name = {name: one for one in articles for name in (one.title, one.id)}
    asked = [one for one in read_questions(questions) if one.facts]
    asked = [one for one in asked if len(_known(one, by_name)) == len(one.articles)] or asked
    random.Random(0).shuffle(asked)
    filtered = [one for question in asked if (one := _filtered(question, by_name, articles))]
    plain = [Asked(one.text, one.facts) for one in asked]
    # Each scenario asks others, as far as they go round, so that none meets what an earlier one left behind.
    scenarios = {
        "hybrid": list(islice(cycle(plain), QUESTIONS)),
        "filtered": list(islice(cycle(reversed(filtered)), QUESTIONS)),
        "facts": plain[-FACTS:],
        "filtered facts": filtered[-FACTS:],
    }
    write_articles(folder, articles, cut, words=2_000)
    write_questions(folder, scenarios)


def _known(question: GoldQuestion, by_name: dict[str, Article]) -> list[Article]:
    """Those of its articles that are there, by address or by title."""
    names = (Article("", (), url=one.url).id if one.url else one.title or "" for one in question.articles)
    titles = (one.title or "" for one in question.articles)
    found = (by_name.get(name) or by_name.get(title) for name, title in zip(names, titles, strict=True))
    return [one for one in found if one]


def _filtered(question: GoldQuestion, by_name: dict[str, Article], articles: Sequence[Article]) -> Asked | None:
    """The question within two months around one of its articles, in that one's outlet, for what that one says of it."""
    for gold in _known(question, by_name):
        if gold.published and gold.outlet:
            first, last = (gold.published + timedelta(days) for days in (-30, 30))
            within = Limits(day_number(first), day_number(last), gold.outlet, 1)
            kept = sum(within.allow(one.outlet, day_number(one.published)) for one in articles)
            text = " ".join(" ".join(gold.paragraphs).split())
            facts = tuple(fact for fact in question.facts if " ".join(fact.split()) in text)
            if facts:
                return Asked(question.text, facts, replace(within, share=kept / len(articles)))
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--systems", default=",".join(SYSTEMS))
    parser.add_argument("--articles", type=int, help="only the first so many")
    parser.add_argument("--results", type=Path, default=FOLDER / "articles.jsonl")
    parser.add_argument("--minutes", type=float, default=30, help="that a stage may take")
    parser.add_argument("--memory", type=float, default=8, help="GB that a system may have for itself")
    parser.add_argument("--anew", action="store_true", help="forget earlier results")
    given = parser.parse_args()
    folder = given.results.with_suffix("")
    if given.anew or not (folder / "questions.json").exists():
        prepare(folder, given.corpus, given.questions, given.articles)
    results = Results(given.results, anew=given.anew)
    size = Material(folder, OURS).counts["passages"]
    run(results, folder, given.systems.split(","), size, 60 * given.minutes, given.memory)


if __name__ == "__main__":
    main()
