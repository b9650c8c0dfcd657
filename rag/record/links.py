"""Makes links to what is cited: to an article's page, and to the very sentence on it (WICG Text Fragments)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote as percent_encoded
from urllib.parse import urlsplit

from rag.check.citations import Citation
from rag.text.display import hidden

# Of these, no address that a browser shows has one; in HTML, Markdown or BibTeX each would end something.
_UNSAFE = re.compile(r'[<>"\\^`{|}]')
# A sentence of up to so many words is looked for whole, a longer one by so many words at either end.
_WHOLE = 10
_ENDS = 4
# So many words before a sentence tell it from the same words further up.
_PREFIXES = (0, 3, 6, 12)
# In characters; no browser looks for more.
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
    article, address = citation.article, web_address(citation.article.url)
    # A page may write other quotation marks than a file: only what stands between the first and last letter counts.
    letters = [n for n, character in enumerate(citation.quote) if unicodedata.category(character)[0] in "LMN"]
    if address is None or not letters:
        return address
    blocks, offset = [article.title], 0
    for number, paragraph in enumerate(article.paragraphs, start=1):
        blocks += [heading.text for heading in article.subheadings if heading.before == number]
        if number == citation.paragraph:
            offset = sum(len(block) + 2 for block in blocks) + citation.start
        blocks.append(paragraph)
    page, start, end = "\n\n".join(blocks), offset + letters[0], offset + letters[-1] + 1
    fragments = list(_fragments(page, start, end))
    if not fragments:
        return address
    prefix, *text = next((one for one in fragments if _first_place(page, *one) == (start, end)), fragments[0])
    directive = ",".join(filter(None, (prefix and f"{_encoded(prefix)}-", *map(_encoded, text))))
    address = address.partition(":~:")[0]
    return f"{address}{'' if '#' in address else '#'}:~:text={directive}"


def _fragments(page: str, start: int, end: int) -> Iterator[tuple[str, str, str]]:
    """The ways to name characters ``start`` to ``end`` of a page, the shortest first; none that is endless.

    Each has the words before the text, its first words, and its last words where the first are not all.
    """
    words = page[start:end].split()
    # A prefix is looked for within one block: this one, or the one before where the words begin a block.
    before = page[:start].rstrip().rpartition("\n\n")[2].split()
    texts = [(" ".join(words), "")]
    if len(words) > _WHOLE:
        texts.insert(0, (" ".join(words[:_ENDS]), " ".join(words[-_ENDS:])))
    for length in _PREFIXES:
        prefix = " ".join(before[-length:]) if length else ""
        yield from ((prefix, *text) for text in texts if len("".join(text)) <= _LONGEST)


def _first_place(page: str, *fragment: str) -> tuple[int, int] | None:
    """The first characters that fit, as a browser looks for them: in any case, whole words, any white space."""
    prefix, start, end = (r"\s+".join(map(re.escape, words.split())) for words in fragment)
    wanted = rf"{start}(?!\w).*?(?<!\w){end}" if end else start
    found = re.search(rf"(?<!\w){prefix}\s*(?<!\w)(?P<wanted>{wanted})(?!\w)", page, re.IGNORECASE | re.DOTALL)
    return found.span("wanted") if found else None


def _encoded(text: str) -> str:
    # A hyphen, a comma and an ampersand mean something here; percent-encoding leaves the first alone.
    return percent_encoded(text, safe="", errors="replace").replace("-", "%2D")
