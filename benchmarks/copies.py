"""Measures which articles are taken for copies of one text: on variants of real articles, and on what only looks alike.

    python -m benchmarks.copies [ARTICLES...]    files or folders that rag-index reads; by default Wikinews

Of each article six variants are made, as outlets make them of an agency's story. Pairs that are no copies are all those
of different articles, and those of a text with what is hard to tell from its copy.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

from index.copies import CopyGroups, sketch
from index.sources.files import find_files
from index.sources.reading import read_files
from rag.articles import Article
from rag.text.sentences import sentence_spans

WIKINEWS = Path(__file__).resolve().parents[2] / "shared" / "data" / "wikinews"
_SHORTEST = 120  # words of an article that variants are made of: of a shorter one a brief would be the article
Vary = Callable[[tuple[str, ...], random.Random, Sequence[str]], tuple[str, ...]]


def _edited(paragraphs: tuple[str, ...], chance: random.Random, others: Sequence[str]) -> tuple[str, ...]:
    """Two words in a hundred are others."""
    return tuple(
        " ".join(chance.choice(others) if chance.random() < 0.02 else word for word in one.split())
        for one in paragraphs
    )


def _new_dateline(paragraphs: tuple[str, ...], chance: random.Random, others: Sequence[str]) -> tuple[str, ...]:
    return (f"PORT ELLERY, 4 March (ANS) — {paragraphs[0]}", *paragraphs[1:], "Additional reporting by our own staff.")


def _cut(paragraphs: tuple[str, ...], chance: random.Random, others: Sequence[str]) -> tuple[str, ...]:
    """The last 60 of a hundred words are gone, to the end of a paragraph."""
    words = sum(len(one.split()) for one in paragraphs)
    kept = list[str]()
    while not kept or sum(len(one.split()) for one in kept) < 0.4 * words:
        kept.append(paragraphs[len(kept)])
    return tuple(kept)


def _brief(paragraphs: tuple[str, ...], chance: random.Random, others: Sequence[str]) -> tuple[str, ...]:
    """The first two sentences."""
    sentences = [one[start:end] for one in paragraphs for start, end in sentence_spans(one)]
    return (" ".join(sentences[:2]),)


def _localised(paragraphs: tuple[str, ...], chance: random.Random, others: Sequence[str]) -> tuple[str, ...]:
    """A paragraph of the place's own at the top and one at the end, spelt as at home, the last fifth left out."""
    own = "Readers in Port Ellery will hear of it at the town hall on Thursday, the council of the harbour said."
    kept = paragraphs[: max(1, round(0.8 * len(paragraphs)))]
    spelt = [re.sub(r"(?<=[a-z])or\b", "our", re.sub(r"iz(?=e|ing|ation)", "is", one)) for one in kept]
    return (own, *spelt, own.replace("Thursday", "Friday"))


def _rewritten(paragraphs: tuple[str, ...], chance: random.Random, others: Sequence[str]) -> tuple[str, ...]:
    """Twelve words in a hundred are others, in runs of one to four."""
    said = []
    for one in paragraphs:
        words, at = one.split(), 0
        while at < len(words):
            if chance.random() < 0.12 / 2.5:
                run = chance.randint(1, 4)
                words[at : at + run] = chance.choices(others, k=len(words[at : at + run]))
                at += run
            at += 1
        said.append(" ".join(words))
    return tuple(said)


VARIANTS: dict[str, Vary] = {
    "2 % of the words edited": _edited,
    "new dateline": _new_dateline,
    "cut by 60 %": _cut,
    "brief": _brief,
    "localised": _localised,
    "12 % rewritten": _rewritten,
}


def _two_reports(article: Article) -> tuple[Article, Article] | None:
    """Two reports of one event: each has every other sentence, and both quote the same, a quarter of their words."""
    sentences = [one[start:end] for one in article.paragraphs for start, end in sentence_spans(one)]
    quoted, own = list[str](), list[str]()
    room = len(" ".join(sentences).split()) // 7
    for one in sentences:
        fits = ('"' in one or "“" in one) and len(" ".join([*quoted, one]).split()) <= room
        (quoted if fits else own).append(one)
    if len(own) < 6:
        return None
    return _with_text(article, (*own[::2], *quoted), "a"), _with_text(article, (*quoted, *own[1::2]), "b")


def _update(article: Article, newer: Article) -> tuple[Article, Article]:
    """A story and its continuation: below other news stands the same background, two fifths of both texts."""
    words, news = (" ".join(one.paragraphs).split() for one in (article, newer))
    background = words[-2 * min(len(words), len(news)) // 5 :]
    return article, _with_text(article, (" ".join(news[: len(background) * 3 // 2]), " ".join(background)), "update")


_PLACES = "Port Ellery, Lindmoor, Quarrendon, Vellmar, Dunmouth, Strand, Hask, Orrin Bay".split(", ")


def _formulas(chance: random.Random) -> Iterator[tuple[str, str]]:
    """Pairs of texts in the words of one form: tolls of accidents, results, weather, quakes, rates."""

    def number(most: int) -> int:
        return chance.randint(2, most)

    def rate() -> str:
        return f"{number(9)}.{number(9)} per cent"

    forms: list[Callable[[str], str]] = [
        lambda at: (
            f"At least {number(90)} people died when the ferry to Strand sank in the storm on Friday night, the coast "
            f"guard of {at} said. Rescuers were still looking for {number(60)} passengers."
        ),
        lambda at: (
            f"A magnitude {number(7)}.{number(9)} earthquake was reported {number(90)} kilometres from {at} at "
            f"{number(12)}:{number(59):02} on Tuesday, according to the institute. It occurred at a depth of "
            f"{number(40)} kilometres. This information comes from the notification service of the institute, and this "
            "post was created by a program."
        ),
        lambda at: (
            f"{at}: cloudy in the morning with a chance of rain of {number(90)} per cent, clearing up later in the "
            f"day. The high will be {number(30)} degrees and the low {number(15)} degrees, with winds from the west at "
            f"{number(60)} kilometres an hour. The sun rises at {number(8)}:{number(59):02} and sets at {number(9)}:"
            f"{number(59):02}. The outlook for the week is for changeable weather with sunny spells, the office "
            f"said in its morning bulletin. Pollen counts are low, and the water at the beach has {number(22)} degrees."
        ),
        lambda at: (
            "Results of the first division on Saturday: "
            + " ".join(f"{one} {number(5)}, {two} {number(5)}." for one, two in combinations(_PLACES, 2))
        ),
        lambda at: (
            f"The central bank left its key rate unchanged at {rate()} on Thursday, as economists had expected. "
            f"Inflation was {rate()} in the month before, down from {rate()}. The bank said in a statement that it "
            "would act as the data required and that risks to its outlook were balanced. It meets again in six weeks."
        ),
    ]
    for form in forms:
        for _ in range(40):
            one, other = chance.sample(_PLACES, 2)
            yield form(one), form(one if chance.random() < 0.5 else other)


def _with_text(article: Article, paragraphs: Sequence[str], name: str) -> Article:
    return replace(article, paragraphs=tuple(paragraphs), url=f"https://{len(name)}.example/{name}/{article.id}")


def _are_copies(one: Article, other: Article) -> bool:
    groups = CopyGroups()
    groups.place(0, sketch(one))
    return groups.place(1, sketch(other)) == 0


def main(paths: Sequence[Path]) -> None:
    """Print precision and recall of pairs, by kind and in a collection of all."""
    chance = random.Random(12)
    items = read_files(find_files(paths), today=date.today())
    read = [item.article for item in items if item.article]
    articles = [one for one in read if sum(len(each.split()) for each in one.paragraphs) >= _SHORTEST]
    others = [word for one in articles for each in one.paragraphs for word in each.split()]
    print(f"{len(articles)} articles of {len(read)} with {_SHORTEST} words or more")
    everything = list[tuple[int, str, Article]]()
    for story, article in enumerate(articles):
        everything.append((story, "original", article))
        for name, vary in VARIANTS.items():
            everything.append((story, name, _with_text(article, vary(article.paragraphs, chance, others), name)))
    originals = {story: one for story, name, one in everything if name == "original"}
    print("\nis a variant known for a copy, whichever comes first?")
    found, wanted = 0, 0
    for name in VARIANTS:
        pairs = [(originals[story], one) for story, kind, one in everything if kind == name]
        known = sum(_are_copies(one, other) + _are_copies(other, one) for one, other in pairs)
        found, wanted = found + known, wanted + 2 * len(pairs)
        print(f"  {name:26} {known / (2 * len(pairs)):.3f}")
    hard: dict[str, list[tuple[Article, Article]]] = {
        "unrelated": [(one, other) for one, other in (chance.sample(articles, 2) for _ in range(2_000))],
        "two reports of one event": [pair for one in articles if (pair := _two_reports(one))],
        "update of a running story": [_update(*chance.sample(articles, 2)) for _ in range(300)],
        "one form, other figures": [
            (_with_text(articles[0], (one,), "a"), _with_text(articles[0], (other,), "b"))
            for one, other in _formulas(chance)
        ],
    }
    print("and what is none?")
    wrong = 0
    for name, pairs in hard.items():
        taken = sum(_are_copies(one, other) for one, other in pairs)
        wrong += taken
        print(f"  {name:26} {taken} of {len(pairs)}")
    print(f"pairs: precision {found / (found + wrong):.4f}, recall {found / wanted:.4f}")

    print(f"\nall {len(everything)} in one collection: pairs within a group")
    for order in ("the originals first", "in any order"):
        if order == "in any order":
            chance.shuffle(everything)
        else:
            everything.sort(key=lambda one: one[1] != "original")
        groups = CopyGroups()
        placed = [groups.place(number, sketch(one)) for number, (_, _, one) in enumerate(everything)]
        members, stories, both = (Counter[object](each) for each in zip(*_keys(placed, everything), strict=True))
        together, true, right = (sum(n * (n - 1) // 2 for n in one.values()) for one in (members, stories, both))
        of = f"{len(members)} groups of {len(stories)} stories"
        print(f"  {order:26} precision {right / together:.4f}, recall {right / true:.4f}, {of}")


def _keys(placed: Sequence[int], everything: Sequence[tuple[int, str, Article]]) -> Iterator[tuple[object, ...]]:
    for group, (story, _, _) in zip(placed, everything, strict=True):
        yield group, story, (group, story)


if __name__ == "__main__":
    main([Path(one) for one in sys.argv[1:]] or [WIKINEWS])
