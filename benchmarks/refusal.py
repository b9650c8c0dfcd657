"""What declining costs: unanswerable questions declined beside answerable ones refused, and how that was fitted.

``python -m benchmarks.refusal [INDEX QUESTIONS]...`` prints, for the sample's questions and the further ones on the
sample, and for each index and file named, a table by type of question at the probability in use, and others for all.
A question whose articles an index lacks is unanswerable there (``benchmarks.realtime --without`` builds such an index).

With ``--fit`` it fits the coefficients of ``rag.answer.features`` to every second of the further questions and of those
named (not to the sample's own, which stay unseen), prints them, and reports the other half with them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.building import build
from rag.answer.features import ANSWER_THRESHOLD, AnswerFeatures, probability
from rag.answer.sentence_ranking import rank_sentences
from rag.evaluation.matching import find_articles, says, squeezed
from rag.evaluation.questions import GoldQuestion, read_questions
from rag.models.embedding import load_embedder
from rag.models.reading import Reader, create_reader
from rag.sample import ARTICLES, QUESTIONS
from rag.search.retriever import Retriever
from rag.store.folder import IndexFolder

PASSAGES = 20
FURTHER = Path(__file__).parents[1] / "tests" / "quality" / "questions.json"
# Sentences of a question that the fit sees; those further down are as a rule about nothing.
SEEN = 6
# What a sentence of an answerable question that is no evidence counts: some of them answer all the same.
DOUBTFUL = 0.3
LONGEST = 240

Judge = Callable[[AnswerFeatures], float]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the features of its sentences, whether each is evidence, and whether its paragraph holds any."""

    question: GoldQuestion
    answerable: bool
    features: tuple[AnswerFeatures, ...]
    evidence: tuple[bool, ...]
    neighbour: tuple[bool, ...]


def ask(retriever: Retriever, reader: Reader | None, question: GoldQuestion) -> Asked:
    """Ask a question; a sentence is evidence that is a gold fact, or, where the file names none, says the answer."""
    answerable = question.answerable_with(find_articles(retriever.store, question.articles))
    found = retriever.search(question.text, limit=PASSAGES, as_of=question.asked_on)
    sentences = rank_sentences(found, retriever, reader)
    facts = [squeezed(fact) for fact in question.facts]
    evidence, neighbour = [], []
    for one in sentences if answerable else ():
        text, paragraph = squeezed(one.text), squeezed(one.article.paragraph(one.paragraph))
        said = not facts and any(says(one.text, answer) for answer in question.answers)
        evidence.append(said or any(fact in text or text in fact for fact in facts))
        neighbour.append(said or any(fact in paragraph for fact in facts))
    features = tuple(one.features for one in sentences if one.features)
    none = (False,) * len(features)
    return Asked(question, answerable, features, tuple(evidence) or none, tuple(neighbour) or none)


def fit(asked: Sequence[Asked]) -> Judge:
    """Logistic regression by Newton's method, with a weak pull of every coefficient towards nothing."""
    rows, labels, weights = [], [], []
    for one in asked:
        for features, gold in list(zip(one.features, one.evidence, strict=True))[:SEEN]:
            rows.append([1.0, *astuple(features)])
            labels.append(float(gold))
            weights.append(DOUBTFUL if one.answerable and not gold else 1.0)
    data, wanted, weight = np.array(rows), np.array(labels), np.array(weights)
    spread = data.std(axis=0)
    spread[spread == 0] = 1.0
    found = np.zeros(data.shape[1])
    pull = np.diag([0.0, *spread[1:] ** 2])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-data @ found))
        gradient = data.T @ (weight * (wanted - likely)) - pull @ found
        curvature = (data * (weight * likely * (1 - likely))[:, None]).T @ data + pull
        found += np.linalg.solve(curvature, gradient)
    print("intercept", round(float(found[0]), 2))
    for name, coefficient in zip(AnswerFeatures.__slots__, found[1:], strict=True):
        print(f"{name:20} {coefficient:6.2f}")

    def score(features: AnswerFeatures) -> float:
        return float(1 / (1 + np.exp(-np.array([1.0, *astuple(features)]) @ found)))

    return score


def report(name: str, asked: Sequence[Asked], score: Judge) -> None:
    best, first = [], []
    for one in asked:
        scores = [score(features) for features in one.features]
        best.append(max(scores, default=0.0))
        if any(one.neighbour):
            first.append(one.neighbour[int(np.argmax(scores))])
    likely, answerable = np.array(best), np.array([one.answerable for one in asked])
    types = np.array([one.question.type for one in asked])
    print(f"\n{name}: {answerable.sum()} answerable questions, {(~answerable).sum()} unanswerable")
    print(f"the first sentence is in a paragraph with evidence: {np.mean(first):.3f} (where one of those read is)")
    print(f"order of answerable before unanswerable (AUC): {area(likely, answerable):.3f}")
    print(f"{'':32}{'questions':>9} {'declined':>9}")
    for type_ in sorted(set(types)):
        chosen = types == type_
        print(f"{type_:32}{chosen.sum():>9} {np.mean(likely[chosen] < ANSWER_THRESHOLD):>9.3f}")
    print(f"{'probability':>12} {'declined':>9} {'false refusals':>15} {'of those above it, answerable':>30}")
    for threshold in sorted({ANSWER_THRESHOLD, *(step / 100 for step in (*range(5, 16), *range(20, 60, 10)))}):
        above = likely >= threshold
        print(
            f"{'*' if threshold == ANSWER_THRESHOLD else '':>6}{threshold:>6.2f} {share(~above[~answerable]):>9} "
            f"{share(~above[answerable]):>15} {share(answerable[above]):>30}"
        )


def share(values: NDArray[np.bool_]) -> str:
    return f"{np.mean(values):.3f}" if values.size else "-"


def area(likely: NDArray[np.float64], answerable: NDArray[np.bool_]) -> float:
    """Area under the curve (Mann & Whitney 1947): how often an answerable one stands above an unanswerable one."""
    yes, no = likely[answerable], likely[~answerable]
    if not yes.size or not no.size:
        return float("nan")
    return float(np.mean((yes[:, None] > no[None]) + 0.5 * (yes[:, None] == no[None])))


def some(questions: Sequence[GoldQuestion]) -> list[GoldQuestion]:
    """At most ``LONGEST`` questions, half of them unanswerable as far as there are."""
    without = [one for one in questions if one.settled and not one.answerable][: LONGEST // 2]
    others = [one for one in questions if one.settled and one.answerable]
    step = max(1, len(others) // (LONGEST - len(without)))
    return [*others[::step][: LONGEST - len(without)], *without]


def main(arguments: list[str]) -> None:
    fitting = "--fit" in arguments
    named = [one for one in arguments if one != "--fit"]
    embedder, reader = load_embedder(), create_reader()
    groups: dict[str, list[Asked]] = {}
    with tempfile.TemporaryDirectory() as folder:
        build([ARTICLES], IndexFolder(Path(folder)), embedder)
        retriever = Retriever.open(folder, embedder=embedder)
        for name, file in (("the sample's questions", QUESTIONS), ("further questions on the sample", FURTHER)):
            groups[name] = [ask(retriever, reader, one) for one in read_questions(file)]
    for index, questions in zip(named[::2], named[1::2], strict=True):
        retriever = Retriever.open(index, embedder=embedder)
        groups.setdefault(questions, []).extend(
            ask(retriever, reader, one) for one in some(read_questions(Path(questions)))
        )
    score: Judge = probability
    if fitting:
        others = [name for name in groups if name != "the sample's questions"]
        score = fit([one for name in others for one in groups[name][::2]])
        groups |= {name: groups[name][1::2] for name in others}
    for name, asked in groups.items():
        report(name, asked, score)


if __name__ == "__main__":
    main(sys.argv[1:])
