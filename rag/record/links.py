"""Makes links to what is cited: to an article's page, and to the very sentence on it (WICG Text Fragments)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote as percent_encoded
from urllib.parse import urlsplit

from rag.check.citations import Citation
from rag.text.display import hidden

# Of these, no address that a browser shows has one; in HTML, Markdown or BibTeX each would end something.
_UNSAFE = re.compile(r'[<>"\\^`{|}]')
# A sentence of up to so many words is named whole; a longer one by as many words at either end.
_WHOLE = 10
_ENDS = (4, 7, 12)
# Words before and behind that are named, too, where the sentence's own stand somewhere before it.
_BESIDE = (3, 6, 12)
# Characters, of words that no browser would look for.
_LONGEST = 400


def host_of(url: str | None) -> str | None:
    """Return the host that a link would lead to, so that the reader sees it; None for what must not become a link."""
    if not url or any(character.isspace() or hidden(character) for character in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host and parts.scheme in ("http", "https") else None


def web_address(url: str | None) -> str | None:
    """Return ``url`` without characters that mean something around it; None for what must not become a link."""
    if url is None or host_of(url) is None:
        return None
    return _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", url)


def deep_link(citation: Citation) -> str | None:
    """Return a link to the cited sentence on the article's page; None where the article has no web address.

    A browser that knows text fragments scrolls to the first place that fits, and marks it; others open the page. So the
    words are chosen to fit nowhere earlier in the article, as far as its own words allow. Without words to look for, or
    with one that is endless, the link is the page's.
    """
    address = web_address(citation.article.url)
    if address is None:
        return None
    first, last = _bare(citation.quote)
    words = citation.quote[first:last].split()
    if not words or not 1 <= citation.paragraph <= len(citation.article.paragraphs):
        return address
    page = _Page(citation, first, last)
    bases = list(_bases(words))
    chosen = next((one for one in _in_context(bases, page) if page.finds(one)), bases[0])
    if len(chosen.start) + len(chosen.end) > _LONGEST:
        chosen = bases[0]
    if len(chosen.start) + len(chosen.end) > _LONGEST:
        return address
    address = address.partition(":~:")[0]
    return f"{address}{'' if '#' in address else '#'}:~:text={chosen}"


@dataclass(frozen=True, slots=True)
class _Fragment:
    """What a browser looks for: all of a sentence, or its first and last words, and what stands around them."""

    start: str
    end: str = ""
    prefix: str = ""
    suffix: str = ""

    def __str__(self) -> str:
        """As the standard writes it: ``prefix-,start,end,-suffix``."""
        prefix, suffix = _encoded(self.prefix), _encoded(self.suffix)
        parts = (prefix and f"{prefix}-", _encoded(self.start), _encoded(self.end), suffix and f"-{suffix}")
        return ",".join(filter(None, parts))


class _Page:
    """An article's page as far as its own words tell: the title, headings and paragraphs, each a block."""

    def __init__(self, citation: Citation, first: int, last: int) -> None:
        """``first`` and ``last`` are the characters of the quote that are looked for."""
        article = citation.article
        blocks = [article.title]
        for number, paragraph in enumerate(article.paragraphs, start=1):
            blocks += [heading.text for heading in article.subheadings if heading.before == number]
            if number == citation.paragraph:
                at = len(blocks)
            blocks.append(paragraph)
        self._text = "\n\n".join(blocks)
        offset = sum(len(block) + 2 for block in blocks[:at]) + citation.start
        self._cited = (offset + first, offset + last)
        # What stands around the words is looked for within one block.
        self.before = blocks[at][: citation.start + first].split() or blocks[at - 1].split()
        following = blocks[at + 1] if at + 1 < len(blocks) else ""
        self.behind = blocks[at][citation.start + last :].split() or following.split()

    def finds(self, fragment: _Fragment) -> bool:
        """Whether the first place that fits is the cited one."""
        found = _pattern(fragment.prefix, fragment.start, "" if fragment.end else fragment.suffix).search(self._text)
        if not found:
            return False
        start, end = found.span("wanted")
        if fragment.end:
            closed = _pattern("", fragment.end, fragment.suffix).search(self._text, end)
            if not closed:
                return False
            end = closed.end("wanted")
        return (start, end) == self._cited


def _bases(words: Sequence[str]) -> Iterator[_Fragment]:
    """The sentence as it may be named without what stands around it, the shortest first."""
    if len(words) > _WHOLE:
        for length in _ENDS:
            if 2 * length < len(words):
                yield _Fragment(" ".join(words[:length]), " ".join(words[-length:]))
    yield _Fragment(" ".join(words))


def _in_context(bases: Sequence[_Fragment], page: _Page) -> Iterator[_Fragment]:
    yield from bases
    for length in _BESIDE:
        before, behind = " ".join(page.before[-length:]), " ".join(page.behind[:length])
        for base in bases:
            yield replace(base, prefix=before)
            yield replace(base, suffix=behind)
            yield replace(base, prefix=before, suffix=behind)


def _pattern(prefix: str, wanted: str, suffix: str) -> re.Pattern[str]:
    """Match words as a browser does: in any case, whole, with white space between them as it comes."""
    before = _words(prefix) + r"\s*" if prefix else ""
    behind = r"\s*" + _words(suffix) if suffix else ""
    return re.compile(f"{before}(?P<wanted>{_words(wanted)}){behind}", re.IGNORECASE)


def _words(text: str) -> str:
    left = r"(?<!\w)" if re.match(r"\w", text) else ""
    right = r"(?!\w)" if re.search(r"\w\Z", text) else ""
    return left + r"\s+".join(map(re.escape, text.split())) + right


def _bare(quote: str) -> tuple[int, int]:
    """The characters of a quote without the marks at its ends: a page may write other quotation marks than a file."""
    said = [n for n, character in enumerate(quote) if unicodedata.category(character)[0] in "LMN"]
    return (said[0], said[-1] + 1) if said else (0, 0)


def _encoded(text: str) -> str:
    # A hyphen, a comma and an ampersand mean something in a fragment; the first is left alone by percent-encoding.
    return percent_encoded(text, safe="", errors="replace").replace("-", "%2D")
