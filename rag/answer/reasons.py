"""Says why a question is not answered, as far as rules can tell: what it names that the coverage does not say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer.sentence_ranking import Sentence, article_terms
from rag.query.question_kind import QuestionKind
from rag.search.hits import SearchResult
from rag.store.protocol import Store, Summary
from rag.text.languages import reads_as_english
from rag.text.proper_names import is_demonym, name_word, names
from rag.text.words import STOP_WORDS, fold, terms, words

# What a name may seem to begin with.
_ORDERS = re.compile(r"^(?:Compare|Summari[sz]e|List|Describe|Explain|Tell|Give|Show)\b ?")
# A word of a name, and no "I'd"; and a word within a question that is written like one.
_WORD = re.compile(r"\b[^\W\d_]{3,}\b(?!['’](?!s))")
_TITLED = re.compile(r"(?<!^)\b(?!The\b)[A-Z][a-z]+\b")
# Words that a reason names: more would be the question again.
_NAMED = 3
# What is asked for in words that an article need not say.
_OPEN = frozenset(
    "anybody anyone anything somebody someone something nobody nothing everybody everyone everything many much often "
    "long old far both outlet outlets kind sort type exactly ever really actually please know tell week month year "
    "say said happen happened".split()
)


def reason_for_refusal(
    kind: QuestionKind, found: SearchResult, sentences: Sequence[Sentence], store: Store, searched: Summary
) -> str:
    """Say in a sentence what is missing; "" where that cannot be told. ``sentences`` are the most relevant first."""
    asked = _asked(found)
    if not reads_as_english(asked):
        return ""  # which of its words are names cannot be told
    named = [_ORDERS.sub("", asked[one.start : one.end]) for one in names(asked)]
    named = [name for name in dict.fromkeys(named) if name]
    if unknown := [name for name in named if _lacks(name, store)]:
        none = f"None of the {searched.articles:,} articles" if searched.articles > 1 else "No article"
        return f"{none} names {_listed(unknown)}."
    if kind is QuestionKind.TIMELINE and found.hits and not any(hit.article.published for hit in found.hits):
        return "The articles on this name no day."
    typed = {one.lower(): one for one in re.findall(r"[\w'’-]+", asked)}
    said = (typed.get(one, one) for one in dict.fromkeys(words(asked)))
    content = [one for one in said if fold(one) not in STOP_WORDS | _OPEN and terms(one)]
    if not sentences:
        unsaid = [word for word in content if not all(store.passage_counts(terms(word)).values())]
        return f"No article says {_listed(unsaid)}." if unsaid else ""
    nearest = sentences[0].article
    held = article_terms(nearest)
    missing = [word for word in content if not set(terms(word)) <= held]
    names_held = [name for name in named if set(terms(name)) <= held]
    where = (
        f"The article that comes nearest names {_listed(names_held)}, and"
        if names_held
        else "The article that comes nearest"
    )
    return f"{where} does not say {_listed(missing)}." if missing else ""


def names_nobody(found: SearchResult, store: Store) -> bool:
    """Whether a question of fact names, in each of its parts, what no article does: what seems to answer is of another.

    An outlet that the coverage lacks is no such name, as others may have its report; nor is what may have another name
    there: "Dutch", "IMF".
    """
    asked = _asked(found)
    apart = " ".join(one.words.casefold() for one in (*found.parsed.unknown_outlets, *found.parsed.ignored))

    def lacks(question: str) -> bool:
        named = (question[one.start : one.end] for one in names(question) if not one.opens)
        return any(
            _lacks(word, store)
            and word.casefold() not in apart
            and word[1:].islower()
            and not is_demonym(name_word(word))
            for name in named
            for word in _WORD.findall(_ORDERS.sub("", name))
        )

    # "Whos The Head": capitals tell no names there.
    titled = asked.isupper() or any(one.lower() in STOP_WORDS for one in _TITLED.findall(asked))
    return not titled and reads_as_english(asked) and all(map(lacks, found.subqueries or (asked,)))


def _asked(found: SearchResult) -> str:
    return found.parsed.question.partition("? (")[0]


def _lacks(name: str, store: Store) -> bool:
    return not all(store.passage_counts(terms(name)).values())


def _listed(found: Sequence[str]) -> str:
    return ", ".join(f"“{one}”" for one in found[:_NAMED])
