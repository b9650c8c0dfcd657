"""The reader's network in torch, as it is trained, and as ``graphs.py`` exports it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from tokenizers import Tokenizer
from transformers import AutoModel

from rag.models.packaged import model_folder
from rag.models.reading import Encoded, Tokens, inputs


class Network(torch.nn.Module):
    """The packaged embedding model with two heads: whether a sentence answers, and where the answer begins and ends."""

    def __init__(self) -> None:
        super().__init__()
        folder = str(model_folder())
        # Attention that is written out: a graph has no operator for the fused one.
        self.bert = AutoModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager")
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


def tokenizer() -> Tokens:
    """The packaged model's tokenizer, which neither cuts nor fills up, nor puts marks around a text."""
    found = Tokenizer.from_file(str(model_folder() / "tokenizer.json"))
    found.no_truncation()
    found.no_padding()
    return lambda texts: found.encode_batch(list(texts), add_special_tokens=False)


def collate(encoded: Sequence[Encoded]) -> tuple[torch.Tensor, ...]:
    """Token ids, which of them count, and segments, shape ``(inputs, longest)`` each."""
    return tuple(torch.from_numpy(one) for one in inputs(encoded))
