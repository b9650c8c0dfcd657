"""The tokens of a question, as ``answer_type`` alone still reads them."""

from __future__ import annotations

import re

from rag.text.words import fold

# Every quantifier is bounded, or over characters that what follows it cannot begin with: no text is slow.
_TOKEN = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?![\w-])"
    r"|\d{1,3}(?:,\d{3})+(?!\d)"
    r"|[^\W_](?:[^\W_]|[\u0300-\u036f])*(?:['’](?![sS]\b)[^\W_]+)*"
    r"|['’][sS]\b"
    r"|\S"
)
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr st gen sen rep gov vs jan feb mar apr jun jul aug sep sept oct nov dec".split()
)


class Reading:
    """A question cut into tokens; a key is a token without case, accents and typographic apostrophes."""

    def __init__(self, question: str) -> None:
        self.question = question
        self.spans = [match.span() for match in _TOKEN.finditer(question)]
        self.keys = [fold(question[start:end]) for start, end in self.spans]
        self._sentences = self._sentence_starts()
        self.careless = question[1:] == question[1:].lower()
        """Written without capitals, so that their lack says nothing."""

    def __len__(self) -> int:
        return len(self.spans)

    def _sentence_starts(self) -> list[int]:
        starts, start = list[int](), 0
        for i, key in enumerate(self.keys):
            starts.append(start)
            apart = i + 1 == len(self) or self.spans[i + 1][0] > self.spans[i][1]
            before = self.keys[i - 1] if i else ""
            if key in ("?", "!") or (key == "." and apart and len(before) > 1 and before not in _ABBREVIATIONS):
                start = i + 1
        return starts

    def key(self, i: int) -> str:
        """Key of token ``i``; empty beyond either end."""
        return self.keys[i] if 0 <= i < len(self) else ""

    def text(self, i: int, j: int | None = None) -> str:
        """The question's characters from token ``i`` until before token ``j``."""
        j = i + 1 if j is None else j
        return self.question[self.spans[i][0] : self.spans[j - 1][1]] if 0 <= i < j <= len(self) else ""

    def touches(self, i: int) -> bool:
        """Whether no white space stands before token ``i``."""
        return 0 < i < len(self) and self.spans[i - 1][1] == self.spans[i][0]

    def starts_sentence(self, i: int) -> bool:
        """Whether token ``i`` is the first word of its sentence; a quotation mark may stand before it."""
        before = self.before(i, 3)
        return len(before) < 3 and not any(key[:1].isalnum() for key in before)

    def before(self, i: int, limit: int = 25) -> list[str]:
        """At most ``limit`` keys before token ``i``, of its sentence."""
        if not 0 <= i < len(self):
            return []
        return self.keys[max(self._sentences[i], i - limit) : i]

    def capital(self, i: int) -> bool:
        """Whether token ``i`` begins with a capital."""
        return self.text(i)[:1].isupper()
