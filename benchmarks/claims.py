"""How many false claims the check catches, and how many true ones it rejects, of claims written by hand.

``python -m benchmarks.claims FILE [-v]``: FILE is a JSON list of ``{"corpus": "sample" | "wikinews" | "multihop_rag",
"url", "paragraphs": [numbers from 1], "claim", "supported": true | false, "kind"}``. The articles of the latter two
are read from ``../shared/data``, where they are; claims of others are skipped. Only rules judge, no model. ``-v``
prints the errors.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from index.sources.files import find_files
from index.sources.reading import read_files
from rag.articles import Article, plain_url
from rag.check.checking import check
from rag.check.verdicts import Outcome, Verdict
from rag.sample import ARTICLES

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@dataclass(frozen=True, slots=True)
class WrittenClaim:
    """A claim of a file, with the article that it cites; None where that is not at hand."""

    text: str
    supported: bool
    kind: str
    url: str
    article: Article | None
    paragraphs: tuple[int, ...]

    def verdict(self) -> Verdict:
        """What the rules say of it."""
        assert self.article
        return check(self.text, [(self.article, number) for number in self.paragraphs])


def read_claims(path: Path) -> list[WrittenClaim]:
    entries = json.loads(path.read_text(encoding="utf-8"))
    known = {corpus: _articles(corpus) for corpus in sorted({entry["corpus"] for entry in entries})}
    return [
        WrittenClaim(
            entry["claim"],
            entry["supported"],
            entry["kind"],
            entry["url"],
            known[entry["corpus"]].get(plain_url(entry["url"])),
            tuple(entry["paragraphs"]),
        )
        for entry in entries
    ]


def _articles(corpus: str) -> dict[str, Article]:
    """The articles of a corpus by canonical url, of each the newest version; none where its files are not there."""
    with tempfile.TemporaryDirectory() as scratch:
        paths = [DATA / corpus / "corpus.json"]
        if corpus == "sample":
            paths = list(find_files([ARTICLES]).files)
        elif corpus == "wikinews":
            paths = [Path(scratch, "wikinews.jsonl")]
            paths[0].write_text("".join(wikinews_lines()), encoding="utf-8")
        found = [
            one.article for one in read_files(find_files([path for path in paths if path.exists()]), today=date.today())
        ]
    articles = [article for article in found if article]
    articles.sort(key=lambda article: article.updated or article.published or date.min)
    return {plain_url(article.url): article for article in articles if article.url}


def wikinews_lines() -> Iterator[str]:
    for path in sorted((DATA / "wikinews").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                fields = {key: row[key] for key in ("url", "date", "title", "text")}
                yield json.dumps({"outlet": "Wikinews", "language": "en", **fields}) + "\n"


def main(arguments: list[str]) -> None:
    rejected, of = Counter[tuple[bool, str]](), Counter[tuple[bool, str]]()
    for claim in read_claims(Path(arguments[0])):
        if claim.article is None:
            print(f"skipped, its article is not at hand: {claim.url}")
            continue
        verdict = claim.verdict()
        is_rejected = verdict.outcome is not Outcome.SUPPORTED
        for kind in (claim.kind, "all"):
            of[claim.supported, kind] += 1
            rejected[claim.supported, kind] += is_rejected
        if "-v" in arguments and is_rejected == claim.supported:
            print(f"{'rejected' if is_rejected else 'missed'}: {claim.text}\n    {verdict.reason} {verdict.unchecked}")
    for supported, title in ((False, "false claims caught"), (True, "true claims rejected")):
        print(f"\n{title}")
        for (_, kind), number in sorted(entry for entry in of.items() if entry[0][0] == supported):
            count = rejected[supported, kind]
            print(f"  {kind:20s} {count:3d} of {number:3d}  {count / number:.0%}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
