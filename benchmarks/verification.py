"""How many invented sentences the check catches, and how many true ones it rejects.

``python -m benchmarks.verification [WIKINEWS_DIR] [-v]`` changes one number, date, name, speaker, negation or quotation
in true sentences of the sample, and of Wikinews where its files are (default ../shared/data/wikinews), and prints what
share is caught, by kind; and what share of the true sentences and of their fair paraphrases, by rule and by hand, is
accepted. The rules were made with the sample and half of the Wikinews articles, by their id; the other half is held
out, and reported beside them. ``-v`` prints the errors outside that half.
"""

from __future__ import annotations

import csv
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from benchmarks.falsehoods import Changer, Kind, Sentence, sentences
from benchmarks.paraphrases import paraphrases
from index.sources.files import find_files
from index.sources.reading import read
from rag.articles import Article
from rag.check import Outcome, Verdict, check
from rag.check import statements as reading
from rag.sample import ARTICLES

WIKINEWS = Path(__file__).resolve().parents[2] / "shared" / "data" / "wikinews"
BY_HAND = Path(__file__).with_suffix(".json")
TODAY = date(2026, 1, 1)
SEED = 20250304
EACH = 150
"""Sentences of one kind and one coverage, at most."""


@dataclass(slots=True)
class Tally:
    """How often something was wanted, of how many."""

    right: int = 0
    of: int = 0
    wrong: list[str] = field(default_factory=list)

    def count(self, right: bool, what: str) -> None:
        """Count one; ``what`` is kept where it was wrong."""
        self.of += 1
        self.right += right
        if not right:
            self.wrong.append(what)

    def __str__(self) -> str:
        return f"{self.right}/{self.of} {self.right / self.of:.1%}" if self.of else "-"


@dataclass(slots=True)
class Result:
    """What was measured on one coverage."""

    caught: dict[str, Tally] = field(default_factory=dict)
    accepted: dict[str, Tally] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    seconds_unread: list[float] = field(default_factory=list)
    """Of checks whose paragraph was not read before."""

    @property
    def caught_share(self) -> float:
        """Share of the false sentences that were caught, of all kinds."""
        return _share(self.caught)

    @property
    def rejected_share(self) -> float:
        """Share of the true sentences, in any words, that were rejected."""
        return 1 - _share(self.accepted)


def _share(tallies: dict[str, Tally]) -> float:
    return sum(tally.right for tally in tallies.values()) / sum(tally.of for tally in tallies.values())


def sample_articles() -> list[Article]:
    found = [one.article for one in read(find_files([ARTICLES]).files, today=TODAY)]
    return [article for article in found if article]


def wikinews_articles(folder: Path) -> list[Article]:
    """The articles of the csv files, read as records."""
    with tempfile.TemporaryDirectory() as scratch:
        for path in sorted(folder.glob("*.csv")):
            with (
                path.open(encoding="utf-8", newline="") as stream,
                Path(scratch, f"{path.stem}.jsonl").open("w") as out,
            ):
                for row in csv.DictReader(stream):
                    out.write(json.dumps({**row, "outlet": "Wikinews"}) + "\n")
        found = [one.article for one in read(find_files([Path(scratch)]).files, today=TODAY)]
    return [article for article in found if article]


def halves(articles: Sequence[Article]) -> tuple[list[Article], list[Article]]:
    """For development, and held out: by the articles' ids."""
    first = [article for article in articles if int(article.id, 16) % 2 == 0]
    return first, [article for article in articles if int(article.id, 16) % 2]


def by_hand(articles: Sequence[Article]) -> Iterator[tuple[Sentence, str]]:
    """Fair paraphrases of sample sentences that were written by hand."""
    texts = {one.url: one for one in sorted(articles, key=lambda one: one.updated or one.published or date.min)}
    for item in json.loads(BY_HAND.read_text(encoding="utf-8")):
        article = texts[item["url"]]
        paragraph = article.paragraph(item["paragraph"])
        yield Sentence(article, item["paragraph"], 0, len(paragraph), paragraph), item["text"]


def measure(articles: list[Article], *, hand: bool = False, each: int = EACH) -> Result:
    """Check changed, true and paraphrased sentences of ``articles``; ``hand`` adds those written by hand."""
    result = Result()
    chooser, changer = random.Random(SEED), Changer(articles, SEED)
    true = list(sentences(articles))
    chooser.shuffle(true)
    for kind in Kind:
        tally = result.caught[kind.value] = Tally()
        for sentence in true:
            if tally.of == each:
                break
            changed = changer.changed(sentence, kind)
            if changed:
                verdict = checked(result, changed.text, sentence)
                tally.count(verdict.outcome is not Outcome.SUPPORTED, f"{changed.text}\n      {sentence.text}")
    tally = result.accepted["word for word"] = Tally()
    for sentence in true[: 4 * each]:
        accept(result, tally, sentence.text, sentence)
    for sentence in true:
        for name, text in paraphrases(sentence):
            tally = result.accepted.setdefault(name, Tally())
            if tally.of < each:
                accept(result, tally, text, sentence)
    if hand:
        tally, false = Tally(), Tally()
        for sentence, text in by_hand(articles):
            accept(result, tally, text, sentence)
            for kind in Kind:
                changed = changer.changed(sentence, kind, text)
                if changed:
                    verdict = checked(result, changed.text, sentence)
                    false.count(
                        verdict.outcome is not Outcome.SUPPORTED, f"{kind}: {changed.text}\n      {sentence.text}"
                    )
        result.accepted["written by hand"] = tally
        result.caught["any, in paraphrases by hand"] = false
    return result


def accept(result: Result, tally: Tally, text: str, sentence: Sentence) -> None:
    verdict = checked(result, text, sentence)
    what = f"{text}\n      {sentence.text}\n      {verdict.rule}: {verdict.reason}"
    tally.count(verdict.outcome is Outcome.SUPPORTED, what)


def checked(result: Result, text: str, sentence: Sentence) -> Verdict:
    before = reading.sentences_of.cache_info().misses
    started = time.perf_counter()
    verdict = check(text, [(sentence.article, sentence.paragraph)])
    took = time.perf_counter() - started
    (result.seconds if reading.sentences_of.cache_info().misses == before else result.seconds_unread).append(took)
    return verdict


def table(results: dict[str, Result], attribute: str, heading: str) -> None:
    print(f"\n{heading:32}" + "".join(f"{name:>22}" for name in results))
    tallies = {name: getattr(result, attribute) for name, result in results.items()}
    for row in dict.fromkeys(row for one in tallies.values() for row in one):
        print(f"  {row:30}" + "".join(f"{one.get(row, Tally())!s:>22}" for one in tallies.values()))
    whole = {
        name: Tally(sum(t.right for t in one.values()), sum(t.of for t in one.values()))
        for name, one in tallies.items()
    }
    print(f"  {'all':30}" + "".join(f"{one!s:>22}" for one in whole.values()))


def main(arguments: list[str]) -> None:
    verbose = "-v" in arguments
    folders = [Path(argument) for argument in arguments if argument != "-v"] or [WIKINEWS]
    sample = sample_articles()
    results = {"sample": measure(sample, hand=True)}
    if folders[0].is_dir():
        development, held_out = halves(wikinews_articles(folders[0]))
        results["Wikinews, development"] = measure(development)
        results["Wikinews, held out"] = measure(held_out)
    else:
        print(f"no Wikinews at {folders[0]}: the sample alone")
    table(results, "caught", "false, and caught")
    table(results, "accepted", "true, and accepted")
    for name, seconds in (
        ("one check", [one for result in results.values() for one in result.seconds]),
        ("one check, paragraph unread", [one for result in results.values() for one in result.seconds_unread]),
    ):
        middle, high = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
        print(f"\n{name}: median {1000 * middle:.2f} ms, 95 % within {1000 * high:.2f} ms")
    if verbose:
        for name, result in results.items():
            if name != "Wikinews, held out":
                for kind, tally in (*result.caught.items(), *result.accepted.items()):
                    for what in tally.wrong:
                        print(f"\n[{name}: {kind}]\n   {what}")


if __name__ == "__main__":
    main(sys.argv[1:])
