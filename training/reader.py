"""Trains the packaged reader: ``python -m training.reader ARTICLES GENERAL``.

ARTICLES are those of RealTime QA (``articles.jsonl.gz``), on whose sentences ``training/fours.jsonl.gz`` was written;
GENERAL are pairs of question and text (``general.jsonl.gz``), read first. A *four* is two questions of one form and two
sentences, each of which answers one of them and not the other: so neither the question alone nor the sentence alone
tells the label. Claims come in fours likewise. Every tenth article is kept for measuring, and printed is the area under
the curve on it, of the whole and of what sees only the question, or only the sentence; then the weights are written.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch.nn import Module, functional

from benchmarks.refusal import area
from rag.models.reading import Encoded, Tokens, encode
from rag.text.sentences import sentence_spans
from training.graphs import TRAINED
from training.network import Network, collate, tokenizer

HERE = Path(__file__).parent
FOURS = HERE / "fours.jsonl.gz"
KEPT = 10  # every so many-th article is kept for measuring
BATCH, RATE, DECAY, WARM = 32, 1e-4, 0.01, 0.06
GENERAL_PAIRS = 22_000
SPAN_WEIGHT = 0.5
# Share of the claims that is learned from. Characters around a sentence from which another one is taken that does not
# answer its question, and the shortest that is taken.
CLAIMS, NEAR, SHORTEST = 0.6, 1_000, 40


@dataclass(frozen=True, slots=True)
class Example:
    """A question, or a claim, with a sentence and its context."""

    asked: str
    text: str
    context: str
    right: bool
    """Whether the text answers the question, or supports the claim."""
    answer: str = ""
    """The words of the text that answer; "" where they are not known."""
    claim: bool = False
    kind: str = ""
    """In what the question, or claim, of the other two differs."""


class Learner(Module):
    """The reader's network, and beside it a head for claims, which is measured and thrown away."""

    def __init__(self) -> None:
        super().__init__()
        self.reader: Any
        self.reader, self.tokens = Network(), tokenizer()
        self.supports = torch.nn.Linear(self.reader.bert.config.hidden_size, 1)

    def forward(self, tokens: torch.Tensor, counted: torch.Tensor, segments: torch.Tensor) -> tuple[torch.Tensor, ...]:
        reader = self.reader
        hidden = reader.bert(input_ids=tokens, attention_mask=counted, token_type_ids=segments).last_hidden_state
        first = hidden[:, 0]
        return reader.answers(first).squeeze(-1), reader.span(hidden), self.supports(first).squeeze(-1)


def general_examples(path: Path, chance: random.Random) -> list[Example]:
    """Pairs of question and text; to a question with an answer another text of its page, about as long, is added."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    answering = defaultdict[str, list[str]](list)
    for row in rows:
        if row["answers"]:
            answering[row["title"]].append(row["text"])
    found = list[Example]()
    for row in rows:
        found.append(Example(row["question"], row["text"], row["title"], bool(row["answers"])))
        others = [one for one in answering[row["title"]] if one not in row["text"] and row["text"] not in one]
        if row["answers"] and others:
            length = len(row["text"])
            other = min(chance.sample(others, min(12, len(others))), key=lambda one: abs(len(one) - length))
            found.append(Example(row["question"], other, row["title"], right=False))
    chance.shuffle(found)
    return found[:GENERAL_PAIRS]


def four_examples(articles: Path, fours: Path = FOURS) -> tuple[list[Example], list[Example]]:
    """The examples of the fours to learn from, each with a sentence near by beside it, and those of kept articles."""
    with gzip.open(articles, "rt", encoding="utf-8") as file:
        by_url = {one["url"]: one for one in map(json.loads, file)}
    learned, kept = list[Example](), list[Example]()
    chance = random.Random(3)
    with gzip.open(fours, "rt", encoding="utf-8") as file:
        for four in map(json.loads, file):
            article = by_url[four["url"]]
            text = article["text"][four["start"] : four["end"]]
            before = article["text"][four["before"] : four["before_end"]]
            context = f"{article['title']}. {before}".strip()
            claim, other = "claims" in four, four["sentence"]
            asked = four["claims"] if claim else four["questions"]
            answers = four.get("answers") or ["", ""]
            made = [
                Example(asked[0], text, context, True, answers[0], claim, four["kind"]),
                Example(asked[1], text, context, False, "", claim, four["kind"]),
                Example(asked[1], other, context, True, answers[1], claim, four["kind"]),
                Example(asked[0], other, context, False, "", claim, four["kind"]),
            ]
            if not claim and (near := _neighbours(article["text"], four["start"], four["end"])):
                made.append(Example(asked[0], chance.choice(near), context, False))
            digest = int(hashlib.sha256(four["url"].encode()).hexdigest(), 16)
            if digest % KEPT == 0:
                kept += made[:4]
            elif not claim or chance.random() < CLAIMS:
                learned += made
    return learned, kept


def _neighbours(text: str, start: int, end: int) -> list[str]:
    """Sentences of an article that stand near one, and do not overlap it."""
    first, last = max(0, start - NEAR), end + NEAR
    around = ((first + one, first + two) for one, two in sentence_spans(text[first:last]))
    return [text[one:two] for one, two in around if (two <= start or one >= end) and two - one > SHORTEST]


def train(
    network: Learner,
    examples: Sequence[Example],
    epochs: int,
    seed: int,
    after_epoch: Callable[[], None] = lambda: None,
) -> None:
    """Adam with decoupled decay (Loshchilov & Hutter 2019), a linear warm-up and a linear fall of the rate."""
    chance = random.Random(seed)
    trained = [one for one in network.parameters() if one.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=RATE, weight_decay=DECAY)
    steps, step, started, running = epochs * -(-len(examples) // BATCH), 0, time.perf_counter(), 0.0
    network.train()
    for _ in range(epochs):
        for batch, encoded in batches(network.tokens, examples, chance):
            rate = RATE * min(1.0, (step + 1) / (WARM * steps)) * max(0.05, 1 - step / steps)
            for group in optimiser.param_groups:
                group["lr"] = rate
            loss = loss_of(network, batch, encoded)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimiser.step()
            optimiser.zero_grad()
            step, running = step + 1, 0.98 * running + 0.02 * loss.item()
            if step % 100 == 0:
                speed = step * BATCH / (time.perf_counter() - started)
                print(f"{step}/{steps} loss {running / (1 - 0.98**step):.3f}, {speed:.0f} pairs/s", flush=True)
        after_epoch()


def batches(
    tokens: Tokens, examples: Sequence[Example], chance: random.Random
) -> Iterator[tuple[list[Example], list[Encoded]]]:
    """Batches of examples of like length, in an order of chance."""
    encoded = [encode(tokens, one.asked, [(one.text, one.context)])[0] for one in examples]
    order = sorted(range(len(examples)), key=lambda at: len(encoded[at].tokens) + 6 * chance.random())
    groups = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    chance.shuffle(groups)
    for group in groups:
        yield [examples[at] for at in group], [encoded[at] for at in group]


def loss_of(network: Learner, batch: Sequence[Example], encoded: Sequence[Encoded]) -> torch.Tensor:
    """Cross-entropy of the labels and, where the words that answer are known, of their beginning and end."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        answers, edges, supports = network(*collate(encoded))
    claims = torch.tensor([one.claim for one in batch])
    logits = torch.where(claims, supports.float(), answers.float())
    wanted = torch.tensor([float(one.right) for one in batch])
    loss = functional.binary_cross_entropy_with_logits(logits, wanted)
    spans = [
        (at, *span) for at, (one, each) in enumerate(zip(batch, encoded, strict=True)) if (span := _span(one, each))
    ]
    if spans:
        outside = torch.full(edges.shape[:2], -1e4)
        for at, one in enumerate(encoded):
            outside[at, one.begins : one.begins + len(one.offsets)] = 0.0
        places, firsts, lasts = (torch.tensor(column) for column in zip(*spans, strict=True))
        inside = edges.float() + outside[..., None]
        begins = functional.cross_entropy(inside[places, :, 0], firsts)
        ends = functional.cross_entropy(inside[places, :, 1], lasts)
        loss = loss + SPAN_WEIGHT * (begins + ends) / 2
    return loss


def _span(example: Example, encoded: Encoded) -> tuple[int, int] | None:
    """The first and last token of the answer; None where it is not known, or was cut off."""
    start = example.text.find(example.answer) if example.answer else -1
    end = start + len(example.answer)
    within = [at for at, (first, last) in enumerate(encoded.offsets) if start < last and first < end]
    return (encoded.begins + within[0], encoded.begins + within[-1]) if start >= 0 and within else None


@torch.inference_mode()
def scores(network: Learner, examples: Sequence[Example]) -> torch.Tensor:
    """Log odds of each example, shape ``(examples,)``."""
    network.eval()
    found = torch.zeros(len(examples))
    encoded = [encode(network.tokens, one.asked, [(one.text, one.context)])[0] for one in examples]
    order = sorted(range(len(examples)), key=lambda at: len(encoded[at].tokens))
    for first in range(0, len(order), 64):
        places = order[first : first + 64]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            answers, _, supports = network(*collate([encoded[at] for at in places]))
        claims = torch.tensor([examples[at].claim for at in places])
        found[torch.tensor(places)] = torch.where(claims, supports.float(), answers.float())
    return found


def report(network: Learner, kept: Sequence[Example]) -> None:
    """Print the area under the curve, right against wrong, on kept articles, whole and by kind."""
    for name, claim in (("questions", False), ("claims", True)):
        chosen = [one for one in kept if one.claim == claim]
        if not chosen:
            continue
        right = torch.tensor([one.right for one in chosen]).numpy()
        whole = scores(network, chosen).numpy()
        alone = scores(network, [replace(one, text="", context="") for one in chosen]).numpy()
        text = scores(network, [replace(one, asked="") for one in chosen]).numpy()
        print(
            f"{name}: {len(chosen)} pairs of kept articles; area under the curve {area(whole, right):.3f}, "
            f"question or claim alone {area(alone, right):.3f}, sentence alone {area(text, right):.3f}"
        )
        pairs = whole.reshape(-1, 4)
        above = (pairs[:, [0, 2]] > pairs[:, [1, 3]]).mean()
        print(f"  of two questions, or claims, to one sentence the right one is above the other: {above:.3f}")
        for kind in sorted({one.kind for one in chosen}):
            of_kind = [one.kind == kind for one in chosen]
            print(f"  {kind:10} {sum(of_kind):5} {area(whole[of_kind], right[of_kind]):.3f}")


def save(network: Learner, target: Path) -> None:
    """Write what was trained, in half precision, and print its digest, which rag/models/reading.py must hold."""
    target.parent.mkdir(exist_ok=True)
    reader = network.reader
    frozen = {name for name, one in reader.named_parameters() if not one.requires_grad}
    kept = {
        name: one.half().contiguous()
        for name, one in reader.state_dict().items()
        if name not in frozen and one.is_floating_point()
    }
    save_file(kept, target)
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB, sha256 {hashlib.sha256(target.read_bytes()).hexdigest()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("general", type=Path)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--state",
        type=Path,
        default=Path("reader-general.pt"),
        help="of the first stage; taken over",
    )
    parser.add_argument("--out", type=Path, default=TRAINED)
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    network = Learner()
    if options.state.exists():
        network.load_state_dict(torch.load(options.state))
    else:
        train(network, general_examples(options.general, random.Random(1)), epochs=1, seed=1)
        torch.save(network.state_dict(), options.state)
    learned, kept = four_examples(options.articles)
    print(f"{len(learned)} pairs to learn from, {len(kept)} kept")

    def keep() -> None:
        save(network, options.out)
        report(network, kept)
        network.train()

    train(network, learned, options.epochs, seed=2, after_epoch=keep)


if __name__ == "__main__":
    main()
