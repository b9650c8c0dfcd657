"""Name the outlet of an article from its url, by a rule that holds for any site, and judge urls."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from rag.articles import plain_url, without_tracking

# The words that names of news outlets end with in any country. Left out: "day", "week" and "world", which would cut
# Newsday, Newsweek and Underworld; and words shorter than three letters.
_LAST_WORD = re.compile(
    r"(.{2,}?)(times|post|news|herald|guardian|today|journal|daily|tribune|star|sun|mail|telegraph|chronicle|gazette"
    r"|observer|independent|standard|mirror|express|press|record|review|weekly|globe|dispatch|examiner|inquirer|courier"
    r"|register|reporter|bulletin|echo|republic|insider|magazine|online|radio|sports?|business|argus|monitor|nation)"
)
_FIRST_WORD = re.compile(
    r"(daily|evening|sunday|morning|weekly|business|financial|global|national|radio"
    r"|the(?!(?:at(?:er|re)|rap|olog|or(?:y|ies)|s[ie]s|saurus|rm|mes?$)))(.{3,})"
)
# Three letters that are an English word are one in a name too; all others are initials.
_SHORT_WORDS = frozenset("age air art bay big car day eye far job law map men new now one our sky sun the top".split())
# Labels under which a country registers names: bbc.co.uk is "bbc".
_REGISTRIES = frozenset("co com org net gov gob ac edu or ne go".split())
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
_URL_LENGTH = 2000


def web_address(text: str) -> str | None:
    """``text`` as a web address with its scheme and without tracking, or None if it is none."""
    url = text.strip().strip('<>"')
    if not url or len(url) > _URL_LENGTH or re.search(r"\s", url):
        return None
    if re.match(r"(?://)?(?:www\.|[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?/)", url, re.IGNORECASE):
        url = "https://" + url.removeprefix("//")
    return without_tracking(url) if _host(url) else None


def is_host(text: str) -> bool:
    """Whether ``text`` is the bare name of a host, as ``cnn.com`` or ``Www.cnn.com``; "MySports.com" is a name."""
    written_by_program = text in (text.lower(), text.upper(), text.capitalize(), text.title()) or text[:4] == "www."
    return written_by_program and _HOST.fullmatch(text.lower()) is not None and (text.islower() or "." not in text[:2])


def is_home_page(url: str) -> bool:
    """Whether ``url`` names a site and no page of it, so that it says whose an article is and never which."""
    return re.fullmatch(r"(?:https?://)?[^/?#]*/*(?:#.*)?", url, re.IGNORECASE | re.DOTALL) is not None


def same_site(one: str, other: str) -> bool:
    """Whether two addresses lie under one registered name, so that what stands at one may speak for the other."""
    sites = {_site(one), _site(other)}
    return len(sites) == 1 and None not in sites


def outlet_of(url: str) -> str | None:
    """Name of the outlet at ``url``: "The Moscow Times" for themoscowtimes.com."""
    archived = re.search(r".{8}(https?://.*)", url, re.DOTALL)
    host = _host(archived[1] if archived else url)  # an archive's copy: the outlet is the one that was copied
    if host is None or not is_host(host) or "xn--" in host:
        return None
    *labels, country = host.split(".")
    if len(labels) > 1 and labels[-1] in _REGISTRIES and len(country) == 2:
        labels.pop()
    return " ".join(_capitalised(word) for part in re.split(r"[-_]+", labels[-1]) if part for word in _words(part))


def is_newspaper_word(word: str) -> bool:
    """Whether names of news outlets end with ``word`` in any country: "post", "herald"."""
    return _LAST_WORD.fullmatch("xx" + word.lower()) is not None


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:  # unbalanced brackets and the like
        return None
    return host if host and parts.scheme in ("http", "https") and re.search(r"[^\W_]", host) else None


def _site(url: str) -> str | None:
    """The part of a host that its owner registered; the whole host where no registry is known."""
    from courlan import extract_domain

    host = _host(url) and _host(f"https://{plain_url(url)}")  # of a page in a cache for phones, the site that it is of
    return host and (extract_domain(f"https://{host}/") or host)


def _words(label: str) -> list[str]:
    if label.startswith("wiki"):
        return [label]  # the wikis write themselves as one word
    if of := re.fullmatch(r"(times|voice)(of)([a-z]{4,})", label):
        return list(of.groups())
    if first := _FIRST_WORD.fullmatch(label):
        return [first[1], *_words(first[2])]
    if last := _LAST_WORD.fullmatch(label):
        return [*_words(last[1]), last[2]]
    return [label]


def _capitalised(word: str) -> str:
    if word == "of":
        return word
    initials = (len(word) <= 3 and word not in _SHORT_WORDS) or (len(word) <= 5 and not re.search(r"[aeiouy]", word))
    return word.upper() if initials else word.capitalize()
