"""Read what press databases export as text: LexisNexis and Nexis Uni, Factiva, ProQuest; many documents in a file.

A document has its facts on lines with labels ("BYLINE:", "Publication title:", "HD") and its text between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from index.articles.characters import clean_lines, decode, quoted
from index.articles.dates import date_line
from index.articles.paragraphs import TEXT_LIMIT
from index.sources import files
from index.sources.source import Format, Item, Source
from rag.errors import ArticleUnreadable

_NUMBERED = re.compile(
    r"^[^\S\n]*(?:(?:Document|Dokument|Documento) )?(\d{1,6}) (?:of|von|de|di|sur|van) (\d{1,6})"
    r"(?: (?:DOCUMENT|DOKUMENT|DOCUMENTO)[A-Z]*)?[^\S\n]*$",
    re.MULTILINE | re.IGNORECASE,
)
_FIRST_NUMBER = re.compile(r"\s*1 of \d{1,6} DOCUMENTS?\s")
_UNDERLINES = re.compile(r"^_{20,}[^\S\n]*$", re.MULTILINE)
_END = re.compile(r"^End of Document[^\S\n]*$", re.MULTILINE)
_FACTIVA_END = re.compile(r"^Document [A-Za-z0-9]{8,12}\d{8}\w{6,20}[^\S\n]*$", re.MULTILINE)
_TAG = re.compile(
    r"^[^\S\n]{0,4}(HD|SE|BY|CR|WC|PD|ET|SN|SC|ED|PG|VOL|LA|CY|LP|TD|CT|RF|ART|CLM|CO|IN|NS|RE|IPD|IPC|PUB|AN)(?:[^\S\n]+(.*)|)$"
)
_LABELLED = re.compile(
    r"([A-ZÄÖÜ][A-ZÄÖÜ/-]{3,24}(?: [A-ZÄÖÜ]{2,12}){0,2}|[A-Z][a-z]+(?:(?:-| / | )[A-Za-z]{1,14}){0,4}):(?:\s+(.*)|)"
)
_WORDS = re.compile(r"\d[\d,.]* words")
_CENTRED = re.compile(r"^[^\S\n]{8,}\S")
_COPYRIGHT = re.compile(r"(?:copyright|©|\(c\)).{0,200}|all rights reserved.{0,20}", re.IGNORECASE)
_DAY = re.compile(r"^(?:\w+day,? )?[^\W\d_]{3,9}\.? \d{1,2}, \d{4}|^\d{1,2}\.? [^\W\d_]{3,9} \d{4}")

# What labels say; of all others (counts of words, databases, codes, pictures) nothing is an article's.
_FIELDS = {
    "title": ("headline", "title", "hd"),
    "outlet": ("publication title", "publication", "source", "sn"),
    "published": ("publication date", "load-date", "date", "pd"),
    "author": ("byline", "author", "by"),
    "section": ("section", "se"),
    "language": ("language", "language of publication", "la"),
    "url": ("url", "document url"),
}
_BODY = ("body", "full text", "text")
_AFTER_TEXT = ("load-date", "graphic", "classification", "notes", "publication-type", "journal-code", "correction")
_NEXIS_LABELS = frozenset("section length byline dateline highlight headline load-date language graphic body".split())
_NEXIS_BARE_LABELS = ("Body", "Graphic", "Classification", "Notes")
_BEHIND_TEXT = frozenset(
    "subject,location,people,company / organization,identifier / keyword,title,publication title,classification,credit"
    ",copyright,publication date".split(",")
)


@dataclass(frozen=True, slots=True)
class _Document:
    """One document of a file: a line of ``heading`` each, what labels say, and the paragraphs of its text."""

    heading: tuple[str, ...]
    labelled: Mapping[str, str]
    text: str


def _recognises(source: Source) -> bool:
    encoding = "utf-16" if source.head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    head = source.head.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
    return source.ending in ("", ".txt", ".text") and _kind(head) is not None


def _kind(text: str) -> re.Pattern[str] | None:
    """What parts the documents of an export; None where a text is none."""
    if _FACTIVA_END.search(text) and re.search(r"^\d[\d,.]* words$", text, re.MULTILINE):
        return _TAG if re.search(r"^HD(?=\s)", text, re.MULTILINE) else _FACTIVA_END
    labels = {found[1].lower() for line in text.split("\n") if (found := _LABELLED.fullmatch(line[:300].strip()))}
    tags = [found[1] for line in text.split("\n") if (found := _TAG.match(line[:300]))]
    if "HD" in tags and len({"PD", "SN", "LP", "TD"} & {*tags}) >= 3:
        return _TAG
    if len({"full text", "publication title", "publication info", "document url", "abstract"} & labels) >= 2:
        if _UNDERLINES.search(text):
            return _UNDERLINES
    elif (_NUMBERED.search(text) and {"length", "load-date", "byline", "länge"} & labels) or _FIRST_NUMBER.match(text):
        return _NUMBERED
    return _END if _END.search(text) and {"load-date", "length"} & labels else None


def _items(source: Source) -> Iterator[Item]:
    text, notices = decode(source.read(files.JSON_LIMIT, "export fewer documents into one file"))
    text = clean_lines(text)
    kind = _kind(text) or _NUMBERED
    told = [(int(one), int(all_)) for one, all_ in _NUMBERED.findall(text)]
    found = 0
    for number, part in enumerate(_parts(text, kind), 1):
        found = number
        yield Item(f" document {number}", _record(part, kind), notices)
    expected = max((total for _, total in told), default=found)
    if found < expected:
        missing = sorted({*range(1, expected + 1)} - {one for one, _ in told})[:5] if expected < 100_000 else []
        which = f" (not number {', '.join(map(str, missing))})" if missing else ""
        way_out = "export the others as well"
        yield Item("", ArticleUnreadable(f"says that it holds {expected} documents, and has {found}{which}: {way_out}"))


def _parts(text: str, kind: re.Pattern[str]) -> Iterator[str]:
    if kind is _TAG:
        starts = [at.start() for at in re.finditer(r"^[^\S\n]{0,4}(?:HD|SE)(?=\s)", text, re.MULTILINE)]
        # "SE" before "HD" begins a document as well: between two beginnings there is a text.
        has_text = re.compile(r"^[^\S\n]{0,4}(?:LP|TD)(?=\s)", re.MULTILINE).search
        begins = [one for number, one in enumerate(starts) if not number or has_text(text[starts[number - 1] : one])]
        yield from (text[one:other] for one, other in zip(begins, [*begins[1:], len(text)], strict=True))
        return
    if kind is _NUMBERED:
        marks = list(_NUMBERED.finditer(text))
        ends = [*(mark.start() for mark in marks[1:]), len(text)]
        yield from (text[mark.end() : end] for mark, end in zip(marks, ends, strict=True))
        return
    for part in kind.split(text):
        labels = [found[1].lower() for line in part.split("\n") if (found := _LABELLED.fullmatch(line[:300].strip()))]
        # Else a list of hits above, or the service's own words below.
        if len(labels) > 1 or (kind is _FACTIVA_END and _WORDS.search(part)):
            yield part


def _record(part: str, kind: re.Pattern[str]) -> dict[str, object] | ArticleUnreadable:
    readers = {_TAG: _tagged, _FACTIVA_END: _untagged}
    document = readers[kind](part) if kind in readers else _labelled(part, in_proquest=kind is _UNDERLINES)
    record: dict[str, object] = {
        field: value
        for field, labels in _FIELDS.items()
        if (value := next(filter(None, map(document.labelled.get, labels)), None))
    }
    _complete(record, document.heading)
    if info := document.labelled.get("publication info"):  # "Quarrendon Post ; Lindmoor [Lindmoor]. 04 Mar 2025: A.4."
        outlet, _, rest = info.partition(";")
        record.setdefault("outlet", outlet.strip())
        if day := re.search(r"\d{1,2} \w{3,9} \d{4}", rest):
            record.setdefault("published", day[0])
    if len(document.text) > TEXT_LIMIT:
        return ArticleUnreadable(f"text of {len(document.text) / 1_000_000:.1f} MB: no article is so long")
    if not document.text and "title" not in record:
        return ArticleUnreadable(f"no text: the document begins {quoted(' '.join(part.split())[:60])}")
    if "correction" in document.labelled or "correction-date" in document.labelled:
        record["labels"] = ["corrected"]
    return record | {"text": document.text}


def _complete(record: dict[str, object], heading: tuple[str, ...]) -> None:
    """The facts that stand above the labels without one: outlet, day and title, in any order."""
    lines = [line for line in heading if not _COPYRIGHT.fullmatch(line.strip()) and not _NUMBERED.fullmatch(line)]
    at = next((at for at, line in enumerate(lines) if _DAY.match(line.strip()) or date_line(line, date.max)), None)
    if at is not None:
        record["published"] = lines.pop(at).strip()  # "LOAD-DATE" is when the service took it over
    centred = [line for line in lines if line.startswith("\t")]
    plain = [line for line in lines if not line.startswith("\t")]
    if at is not None and not centred:
        above, below = lines[:at], lines[at:]
        # Title and outlet above the day, below a list of all hits; or the outlet above and the title below it.
        plain, centred = (above[-2:-1], above[-1:]) if len(above) > 1 else (below, above)
    if centred:
        record.setdefault("outlet", centred[0].strip())
    if plain:
        record.setdefault("title", plain[0])


def _labelled(part: str, *, in_proquest: bool) -> _Document:
    heading: list[str] = []
    labelled: dict[str, str] = {}
    text: list[str] = []
    label: str | None = None  # of the lines that follow; "" within the text
    after_break = True
    for raw in part.split("\n"):
        line = " ".join(raw.split())
        if not line:
            after_break = True
            if label == "":
                text.append("")
            continue
        found = _LABELLED.fullmatch(line) if after_break or label not in (None, "") else None
        name = found[1].lower() if found else line.lower() if line in _NEXIS_BARE_LABELS else None
        if name and (found is None or _is_label(name, found[1], labelled, in_proquest)):
            label = "" if name in _BODY else name
            value = (found[2] or "") if found else ""
            labelled.setdefault(name, "" if label == "" else value)
            if label == "":
                text.append(value)
        elif label == "":
            text.append(line)
        elif label is None and not labelled:
            mark = "\t" if _CENTRED.match(raw) else ""
            if heading and not (after_break or mark or heading[-1].startswith("\t") or _DAY.match(heading[-1] + line)):
                heading[-1] += " " + line  # a title that was wrapped
            else:
                heading.append(mark + line)
        elif label is not None and not after_break:
            labelled[label] = f"{labelled[label]} {line}".strip()  # a value that was wrapped
        elif not (in_proquest or text or label in _AFTER_TEXT or _COPYRIGHT.fullmatch(line) or _CENTRED.match(raw)):
            label = ""  # the text follows the labels without one
            text.append(line)
        after_break = False
    return _Document(tuple(heading), labelled, "\n".join(text).strip())


def _is_label(name: str, written: str, known: Mapping[str, str], in_proquest: bool) -> bool:
    """Whether a line with a colon is the service's: in capitals, or of the kind that this service writes."""
    if in_proquest:  # behind the text, whose lines may have colons too
        return "full text" not in known or name in _BEHIND_TEXT or not known.keys().isdisjoint(_BEHIND_TEXT)
    return written.isupper() or name in _NEXIS_LABELS or "load-date" in known


def _tagged(part: str) -> _Document:
    fields: dict[str, list[str]] = {}
    tag = ""
    part = _FACTIVA_END.sub("", part)
    for raw in part.split("\n"):
        if found := _TAG.match(raw):
            tag = found[1]
            fields.setdefault(tag, []).append((found[2] or "").strip())
        elif tag:
            fields[tag].append(raw.strip())
    labelled = {tag.lower(): " ".join(" ".join(lines).split()) for tag, lines in fields.items()}
    text = "\n\n".join("\n".join(fields.get(tag, ())).strip() for tag in ("LP", "TD"))
    return _Document((), labelled, text.strip())


def _untagged(part: str) -> _Document:
    """Title, byline, "60 words", day, outlet, code, language and copyright, a line each, and the text."""
    blocks = re.split(r"\n[^\S\n]*\n", part.strip())
    head = [line.strip() for block in blocks for line in block.split("\n")]
    at = next((at for at, line in enumerate(head) if _WORDS.fullmatch(line)), 0)
    above, below = [line for line in head[:at] if line], [line for line in head[at + 1 : at + 12] if line]
    labelled = {"hd": above[0] if above else "", "by": " ".join(above[1:])}
    facts = [line for line in below if not re.fullmatch(r"\d\d?:\d\d(?: GMT)?", line)]
    if len(facts) > 1:
        labelled |= {"pd": facts[0], "sn": facts[1]}
    end = next((line for line in below if _COPYRIGHT.match(line)), below[3] if len(below) > 3 else "")
    text = part.partition(f"\n{end}")[2].partition("\n")[2] if end else ""
    return _Document((), labelled, text.strip())


EXPORT = Format(
    "exports of LexisNexis, Nexis Uni, Factiva and ProQuest as text", _recognises, _items, "exports/nexis-2025-03.txt"
)
