"""Read newsletters and other mail: a message is an article, and what is attached to it a source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from typing import cast

from index.articles.characters import decode, escaped, has_words, one_line, quoted
from index.articles.encodings import declared_encoding
from index.articles.markup import plain
from index.sources.files import lines_in
from index.sources.source import Format, Item, Source, in_memory
from rag.errors import ArticleUnreadable

_MESSAGE_LIMIT = 32_000_000
_PARTS = 200
_MANY_PARTS = f"has more than {_PARTS} parts: save what is an article alone"
# What the library raises on mail that no program wrote, parts in parts a thousand deep among it.
_DAMAGE = (RecursionError, MessageError, ValueError, LookupError, AttributeError, TypeError)
_HEADER = re.compile(rb"([!-9;-~]{1,70}):[^\n]*\n(?:[ \t][^\n]*\n)*")
_OF_MAIL = frozenset(
    b"from to subject date received return-path message-id mime-version delivered-to reply-to sender list-id"
    b" list-unsubscribe content-type".split()
)
_FROM_LINE = re.compile(rb"From \S+ .*\d\d:\d\d.*\d{4}")
_TOP, _FOOT = 5, 10  # lines with words where such furniture stands
_SIGNATURE = re.compile(r"^-- \r?$", re.MULTILINE)
_OUTLET_BEHIND = re.compile(r"(.+?) (?:at|from|via|of|\||@) (.+)")
# What every newsletter must show, or shows around its text; never a sentence of reporting.
_FURNITURE = re.compile(
    r"(?:.{0,80}\b(?:view|open|read|see)\b.{0,30}\b(?:in|on) (?:your|a|the) (?:web ?)?browser\b.{0,40}"
    r"|(?:.{0,80}[|·•,.]\s*)?unsubscribe\b.{0,100}"
    r"|.{0,100}\b(?:click|here|link|wish|want|e-?mail)\b.{0,60}\bunsubscribe\b.{0,60}"
    r"|.{0,40}\bunsubscribe\b.{0,20}\b(?:here|at any time|anytime|from this (?:list|e-?mail|newsletter))\b.{0,60}"
    r"|.{0,60}\b(?:update|manage|change|edit)\b.{0,20}\b(?:preferences|subscriptions?|settings)\b.{0,80}"
    r"|you(?:['’]re| are) (?:receiving|getting) this .{0,300}|you received this .{0,300}"
    r"|.{0,60}forward(?:ed)? (?:this )?(?:e-?mail )?to a friend.{0,60}|_{5,})",
    re.IGNORECASE,
)


def _message_items(source: Source) -> Iterator[Item | Source]:
    yield from _items_of(source.read(_MESSAGE_LIMIT, "save its attachments as files"), source, "")


def _mailbox_items(source: Source) -> Iterator[Item | Source]:
    """The messages of an mbox file, each after a line "From "."""
    with source.open() as stream:
        lines: list[bytes] = []
        size, number, after_empty = 0, 0, True
        for _, read in lines_in(stream):
            line = read if read is not None else b"\n"
            if after_empty and _FROM_LINE.match(line):
                if number:
                    yield from _mailbox_item(lines, size, source, number)
                lines, size, number = [], 0, number + 1
            else:
                size += len(line) if read is not None else _MESSAGE_LIMIT + 1
                if size <= _MESSAGE_LIMIT:
                    lines.append(line[1:] if re.match(rb">+From ", line) else line)
            after_empty = not line.strip()
        yield from _mailbox_item(lines, size, source, number)


def _mailbox_item(lines: list[bytes], size: int, source: Source, number: int) -> Iterator[Item | Source]:
    place = f" message {number}"
    if size > _MESSAGE_LIMIT:
        limit = f"more than {_MESSAGE_LIMIT // 1_000_000} MB"
        yield Item(place, ArticleUnreadable(f"{limit}: save its attachments as files"))
    else:
        yield from _items_of(b"".join(lines), source, place)


def _items_of(data: bytes, source: Source, place: str) -> Iterator[Item | Source]:
    try:
        if data.count(b"\n--") > 20 * _PARTS:  # the library needs a minute for a hundred thousand
            raise ArticleUnreadable(_MANY_PARTS)
        message = message_from_bytes(data)
        parts = list(_leaves(message))
        notices: list[str] = []
        record = _record(message, parts, notices)
    except ArticleUnreadable as error:
        yield Item(place, error)
        return
    except _DAMAGE:
        yield Item(place, ArticleUnreadable("is damaged mail: save it anew"))
        return
    yield Item(place, record, tuple(notices))
    for part in parts:
        if _is_attached(part):
            yield _attachment(part, source, place)


def _leaves(message: Message) -> Iterator[Message]:
    waiting = [message]
    for _ in range(_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            waiting.extend(reversed(cast("list[Message]", part.get_payload())))
        else:
            yield part
    raise ArticleUnreadable(_MANY_PARTS)


def _record(message: Message, parts: list[Message], notices: list[str]) -> dict[str, object]:
    if any(part.get_content_type() in ("multipart/encrypted", "application/pkcs7-mime") for part in (message, *parts)):
        raise ArticleUnreadable("is encrypted: save it decrypted")
    name, address = parseaddr(_header(message, "From"))
    record: dict[str, object] = {
        "title": re.sub(r"^(?:(?:re|fwd?|aw|wg|tr)\s*:\s*)+", "", _header(message, "Subject"), flags=re.IGNORECASE),
        "published": _header(message, "Date"),
        "url": _header(message, "Archived-At").strip("<>"),
        "guid": _header(message, "Message-ID").strip("<>"),
        "language": _header(message, "Content-Language").split(",")[0],
        "text": _text(parts, notices),
    }
    if not (message.get("List-Id") or message.get("List-Unsubscribe")):
        return record | {"authors": name, "outlet": _header(message, "Organization")}
    # A newsletter comes from who publishes it: "The Courier", "Ada Roe at The Courier".
    behind = _OUTLET_BEHIND.fullmatch(name)
    outlet = behind[2] if behind else name or address.rpartition("@")[2].lower()
    return record | {"authors": behind[1] if behind else "", "outlet": outlet}


def _header(message: Message, name: str) -> str:
    value = str(message.get(name) or "")[:5000]
    try:
        return one_line(str(make_header(decode_header(value))))
    except (MessageError, ValueError, LookupError):  # an encoding that nobody knows
        return one_line(value)


def _text(parts: list[Message], notices: list[str]) -> str:
    """The text as lines, of HTML where there is any with words, without what stands around it in every newsletter."""
    inline = [part for part in parts if not _is_attached(part)]
    for kind in ("text/html", "text/plain"):
        pieces = [_decoded(part, notices) for part in inline if part.get_content_type() == kind]
        if kind == "text/html":
            pieces = [plain(_visible_html(piece)) for piece in pieces]
        else:
            pieces = [_SIGNATURE.split(piece, maxsplit=1)[0] for piece in pieces]
        lines = "\n\n".join(pieces).split("\n")
        filled = [number for number, line in enumerate(lines) if has_words(line)]
        edges = {*filled[:_TOP], *filled[-_FOOT:]}
        around = [number for number in sorted(edges) if _FURNITURE.fullmatch(one_line(lines[number]))]
        text = "\n".join(line for number, line in enumerate(lines) if number not in around)
        if has_words(text):
            notices.extend(f"left out: {quoted(lines[number])}" for number in around)
            return text
    return ""


def _decoded(part: Message, notices: list[str]) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        return data.decode(declared_encoding(part.get_content_charset("utf-8")))
    except (UnicodeError, LookupError):  # declared wrongly
        text, said = decode(data)
        notices.extend(said)
        return text


def _visible_html(html: str) -> str:
    """HTML without its head, and without the line that only a list of messages shows."""
    _, closing, body = html.partition("</head>")
    hidden = r"<(div|span|p|td)\b[^<>]{0,1000}display\s*:\s*none[^<>]{0,1000}>[^<]{0,2000}</\1>"
    return re.sub(hidden, "", body if closing else html, flags=re.IGNORECASE)


def _is_attached(part: Message) -> bool:
    if part.get_content_maintype() in ("image", "audio", "video", "font"):
        return False
    return part.get_content_disposition() == "attachment" or part.get_content_maintype() in ("application", "message")


def _attachment(part: Message, source: Source, place: str) -> Item | Source:
    name = part.get_filename() or ("message.eml" if part.get_content_maintype() == "message" else "attachment")
    where = f"{source.where}{place}: {escaped(one_line(name))}"
    try:
        inner = part.get_payload()
        if isinstance(inner, list):
            data = b"".join(message.as_bytes() for message in inner if isinstance(message, Message))
        else:
            payload = part.get_payload(decode=True)
            data = payload if isinstance(payload, bytes) else b""
    except _DAMAGE:
        return Item(f"{place}: {escaped(one_line(name))}", ArticleUnreadable("is damaged mail: save it anew"))
    return in_memory(where, name, data)


def _headers(head: bytes) -> set[bytes]:
    names: set[bytes] = set()
    position = 0
    head = head.replace(b"\r\n", b"\n")
    while match := _HEADER.match(head, position):
        names.add(match[1].lower())
        position = match.end()
    return names & _OF_MAIL


def _is_message(source: Source) -> bool:
    names = _headers(source.head.lstrip(b"\r\n"))
    if source.ending == ".eml":
        return bool(names)
    of_machines = names - {b"from", b"to", b"subject", b"date", b"sender", b"reply-to"}
    return len(names) >= 3 and bool(of_machines) and not names.isdisjoint((b"from", b"received"))


def _is_mailbox(source: Source) -> bool:
    first, _, rest = source.head.partition(b"\n")
    return _FROM_LINE.match(first) is not None and bool(_headers(rest))


MESSAGE = Format("mail: newsletters (EML)", _is_message, _message_items, "Subject: The morning briefing")
MAILBOX = Format("mail: mbox", _is_mailbox, _mailbox_items, "newsletters.mbox")
