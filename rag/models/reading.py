"""Reads a question together with a sentence: how likely the sentence answers it, and which of its words do."""

from __future__ import annotations

import hashlib
import logging
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from rag.errors import ModelUnavailable
from rag.models.loading import DEFAULT_MODEL, load, one_thread
from rag.models.reranking import CrossEncoderReranker, Reranker

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

_log = logging.getLogger(__name__)
WEIGHTS = Path(__file__).parent / "weights" / "reader.safetensors"
_DIGEST = "cf0074bdb0a1ef95e0ad8199e8c087ca36772e7006b4217b074dbb2a2f89308a"
# Tokens of a question, of a context, and of all together. What is longer is cut.
QUESTION_TOKENS, CONTEXT_TOKENS, INPUT_TOKENS = 64, 40, 192
PACKAGED = "packaged"
_NEVER_SURE = 1e-6
# Tokens of an answer. Inputs of like length are read together, so many at a time.
_LONGEST_ANSWER, _BATCH = 16, 16

Pair = tuple[str, str]
"""A sentence, and its context: the title of its article, and the sentence before."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader says of one sentence."""

    answers: float
    """Log odds that it answers the question."""
    start: int = 0
    """Characters of the sentence that answer, ``start`` to ``end``, exclusive; none where both are 0."""
    end: int = 0


class Reader(Protocol):
    """Says of sentences whether they answer a question. Threads may share one."""

    def __call__(self, question: str, pairs: Sequence[Pair]) -> list[Reading]:
        """Read ``question`` with each sentence; one reading each, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Encoded:
    """A question, a sentence and its context as one input."""

    tokens: list[int]
    segments: list[int]
    begins: int
    """Number of the sentence's first token."""
    offsets: list[tuple[int, int]]
    """Characters of each token of the sentence."""


def encode(tokenizer: PreTrainedTokenizerBase, question: str, pairs: Sequence[Pair]) -> list[Encoded]:
    """Encode each as ``[CLS] question [SEP] sentence [SEP] context [SEP]``."""
    flat = [question, *(text for pair in pairs for text in pair)]
    read = tokenizer(flat, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    ids, offsets = read["input_ids"], read["offset_mapping"]
    asked = ids[0][:QUESTION_TOKENS]
    room = INPUT_TOKENS - len(asked) - 4
    cls, sep = tokenizer.cls_token_id, tokenizer.sep_token_id
    encoded = []
    for at in range(1, len(flat), 2):
        sentence = ids[at][:room]
        context = ids[at + 1][: min(CONTEXT_TOKENS, room - len(sentence))]
        tokens = [cls, *asked, sep, *sentence, sep, *context, sep]
        behind = len(tokens) - len(asked) - 2
        encoded.append(
            Encoded(tokens, [0] * (len(asked) + 2) + [1] * behind, len(asked) + 2, offsets[at][: len(sentence)])
        )
    return encoded


class PackagedReader:
    """The reader whose weights are in this package, on top of those of the packaged embedding model.

    A cross-encoder (Nogueira & Cho 2019) with two heads: whether the sentence answers, and where the answer begins and
    ends (Devlin et al. 2019). ``training/reader.py`` made it; ``weights/README.md`` says of what.
    """

    def __init__(self, network: torch.nn.Module, tokenizer: PreTrainedTokenizerBase) -> None:
        self._network = network
        self._tokenizer = tokenizer
        # The fast tokenizers raise "Already borrowed" when two threads use one at the same time.
        self._one_at_a_time = Lock()

    @classmethod
    def load(cls, weights: Path = WEIGHTS) -> PackagedReader:
        """Load the weights, as a rule those of the package.

        Raises:
            ModelUnavailable: they are missing, or are not those that the package was made with.
        """
        try:
            data = weights.read_bytes()
        except OSError as error:
            raise ModelUnavailable(f"the reader's weights are missing ({error}): install news-rag anew") from error
        if weights == WEIGHTS and hashlib.sha256(data).hexdigest() != _DIGEST:
            raise ModelUnavailable(f"the reader's weights in {weights} were altered: install news-rag anew")
        from safetensors.torch import load as read_tensors

        network, tokenizer = new_network()
        network.load_state_dict({name: tensor.float() for name, tensor in read_tensors(data).items()}, strict=False)
        return cls(_quantised(network.eval()), tokenizer)

    def __call__(self, question: str, pairs: Sequence[Pair]) -> list[Reading]:
        """See ``Reader``."""
        import torch

        readings: list[Reading] = [Reading(0.0)] * len(pairs)
        with self._one_at_a_time, one_thread(), torch.inference_mode():
            encoded = encode(self._tokenizer, question, pairs)
            by_length = sorted(range(len(encoded)), key=lambda at: len(encoded[at].tokens))
            for first in range(0, len(by_length), _BATCH):
                places = by_length[first : first + _BATCH]
                answers, edges = self._network(*collate([encoded[at] for at in places]))
                for at, logit, edge in zip(places, answers.tolist(), edges, strict=True):
                    readings[at] = Reading(logit, *_span(encoded[at], edge))
        return readings


def collate(encoded: Sequence[Encoded]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Token ids, which of them count, and segments, shape ``(inputs, longest)`` each."""
    import torch

    longest = max(len(one.tokens) for one in encoded)

    def padded(rows: list[list[int]]) -> torch.Tensor:
        return torch.tensor([row + [0] * (longest - len(row)) for row in rows])

    counted = padded([[1] * len(one.tokens) for one in encoded])
    return padded([one.tokens for one in encoded]), counted, padded([one.segments for one in encoded])


def new_network() -> tuple[torch.nn.Module, PreTrainedTokenizerBase]:
    """The packaged embedding model with the two heads, not trained yet, and its tokenizer."""
    from transformers import AutoTokenizer

    network, folder, _ = load(_network_class(), DEFAULT_MODEL)
    return network, AutoTokenizer.from_pretrained(str(folder), local_files_only=True)


def _quantised(network: torch.nn.Module) -> torch.nn.Module:
    """The network with the weights of its layers as bytes, which takes 40 % of the time; itself where nothing can."""
    import torch

    if not {"fbgemm", "x86", "onednn", "qnnpack"} & set(torch.backends.quantized.supported_engines):
        return network
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch would rather have another library do this one day
        return torch.ao.quantization.quantize_dynamic(network, {torch.nn.Linear}, dtype=torch.qint8)  # type: ignore[no-any-return, no-untyped-call]


def _span(encoded: Encoded, edges: torch.Tensor) -> tuple[int, int]:
    """The likeliest characters of the answer, by the scores of beginning and end, shape ``(tokens, 2)``."""
    import torch

    count = len(encoded.offsets)
    if not count:
        return 0, 0
    scores = edges[encoded.begins : encoded.begins + count]
    both = scores[:, 0][:, None] + scores[:, 1][None, :]
    allowed = torch.ones_like(both, dtype=torch.bool).triu().tril(_LONGEST_ANSWER - 1)
    first, last = divmod(int(both.masked_fill(~allowed, -torch.inf).argmax()), count)
    return encoded.offsets[first][0], encoded.offsets[last][1]


@cache
def _network_class() -> type[torch.nn.Module]:
    """The class, made when it is first needed: it derives from torch, which takes a second to import."""
    import torch
    from transformers import AutoModel

    class Network(torch.nn.Module):
        def __init__(self, folder: str, *, local_files_only: bool = True) -> None:
            super().__init__()
            self.bert = AutoModel.from_pretrained(folder, local_files_only=local_files_only, add_pooling_layer=False)
            # They stay as they are, so that only the rest is stored.
            for one in (self.bert.embeddings.word_embeddings, self.bert.embeddings.position_embeddings):
                one.weight.requires_grad_(False)
            self.answers = torch.nn.Linear(self.bert.config.hidden_size, 1)
            self.span = torch.nn.Linear(self.bert.config.hidden_size, 2)

        def forward(
            self, tokens: torch.Tensor, counted: torch.Tensor, segments: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor]:
            hidden = self.bert(input_ids=tokens, attention_mask=counted, token_type_ids=segments).last_hidden_state
            return self.answers(hidden[:, 0]).squeeze(-1), self.span(hidden)

    return Network


@dataclass(frozen=True, slots=True)
class RerankerReader:
    """A reader over any cross-encoder that judges question and text; it does not tell which words answer."""

    reranker: Reranker

    def __call__(self, question: str, pairs: Sequence[Pair]) -> list[Reading]:
        """See ``Reader``."""
        judged = self.reranker(question, [f"{context} {sentence}" for sentence, context in pairs])
        bounded = (min(1 - _NEVER_SURE, max(_NEVER_SURE, one)) for one in judged)
        return [Reading(math.log(one / (1 - one))) for one in bounded]


def create_reader(name: str = PACKAGED) -> Reader | None:
    """Return the reader called ``name``: ``packaged``, ``none``, or a cross-encoder's folder or Hugging Face name.

    Without the packaged weights, or where they were altered, there is none, and the log says so: features serve
    meanwhile.

    Raises:
        ModelUnavailable: no such model, or it is no cross-encoder.
    """
    if name == "none":
        return None
    if name != PACKAGED:
        return RerankerReader(CrossEncoderReranker.load(name))
    try:
        return PackagedReader.load()
    except ModelUnavailable as error:
        _log.warning("answers are chosen without a reader: %s", error)
        return None
