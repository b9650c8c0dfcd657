"""Whether a sentence exchanges who did something and to whom it was done: "A sued B" for "B sued A"."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from rag.check.evidence import Evidence
from rag.check.facts import Fault
from rag.check.names import alike
from rag.check.speakers import SAYING
from rag.check.statements import Statement
from rag.check.verdicts import Outcome, Rule

_BETWEEN = 6


def swapped_roles(claim: Statement, evidence: Evidence) -> Fault | None:
    """Two names that stand around one verb in the sentence, and around it the other way in its evidence."""
    mine = list(_deeds(claim))
    if not mine:
        return None
    theirs = [deed for one in evidence.chosen[:1] for deed in _deeds(one.said)]
    for doer, verb, other, wording in mine:
        same = [(theirs_doer, theirs_other) for theirs_doer, stem, theirs_other, _ in theirs if stem == verb]
        right = any(alike(doer, one) or alike(other, two) for one, two in same)
        wrong = any(alike(doer, two) and alike(other, one) for one, two in same)
        if wrong and not right:
            reason = f"what it cites gives “{wording}” the other way round"
            return Fault(Outcome.CONTRADICTED, Rule.ROLES, reason)
    return None


def _deeds(said: Statement) -> Iterator[tuple[tuple[str, ...], str, tuple[str, ...], str]]:
    """Doer, stem of the verb, the one it is done to, and the words, for neighbouring names with a verb between."""
    names = [name for name in said.names if not said.tokens[name.first].quoted]
    for first, second in itertools.pairwise(names):
        between = said.tokens[first.behind : second.first]
        if not 0 < len(between) <= _BETWEEN or any(token.quoted or token.text in ",;:." for token in between):
            continue
        content = [token for token in between if token.stem]
        if (
            len(content) != 1
            or content[0].key in SAYING
            or not content[0].key.endswith(("ed", "s", "t", "d", "n", "k"))
        ):
            continue
        keys = [token.key for token in between]
        wording = said.text[said.tokens[first.first].start : said.tokens[second.behind - 1].end]
        passive = "by" in keys and any(key in ("was", "were", "is", "are", "been", "being", "be") for key in keys)
        if passive:
            yield second.words, content[0].stem, first.words, wording
        elif keys[-1] == content[0].key or keys[-1] in ("the", "a", "an", "against", "to", "on", "from", "of"):
            yield first.words, content[0].stem, second.words, wording
