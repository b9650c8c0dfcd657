"""Take out of a text what a site's generator would have replaced: shortcodes, tags of templates, imports, comments.

Nothing of it was ever read on the page, so that none of it may be quoted, or make a paragraph.
"""

from __future__ import annotations

import re

# {% include … %}, {{< video … >}}, {{ page.title }}, {# … #}, {/* … */}, <% … %>, <?php … ?>, <!-- … -->
# Not {{ #block }}, of which a whole line is furniture.
_OPENING = re.compile(r"\{%|\{\{(?!\s?[#^/!])|\{#(?![\w-]+\})|\{/\*|<%|<\?(?=php\b|=)|<!--|<(?:script|style)(?=[\s>])")
_CLOSING = {"{%": "%}", "{{": "}}", "{#": "#}", "{/*": "*/}", "<%": "%>", "<?": "?>", "<!--": "-->"} | {
    "<script": "</script>", "<style": "</style>",
}  # fmt: skip
_LONGEST = 5_000
# [gallery ids="1,2"], [caption …]…[/caption], [embed]…[/embed]: with an attribute, or closed again.
_SHORTCODE = re.compile(
    r"\[(?P<close>/)?(?P<name>[A-Za-z][\w-]{1,40})(?P<attributes>(?:\s+(?:[\w-]+=)?(?:\"[^\"\]]*\"|'[^'\]]*'|[^\s\[\]]+)){0,30})"
    r"\s*/?\](?(close)|(?![(:]|\[(?!/)))"
)
_ONLY_SHOWN = re.compile(r"\s*(?:\[?<?https?://\S+|<img\b[^>]*>)?\s*")
# Lines of MDX and of Markdown's extensions: imports, components and nothing else, :::note, {: .lead}, [TOC].
_LINE = re.compile(
    r"^[ \t]{0,40}(?:import\s(?:[^\n]{1,300}\sfrom\s)?[\"'][^\n\"']{1,300}[\"'];?"
    r"|export\s+(?:default|const|let|function)\b"
    r"(?:[^\n{]{0,200}\{[^}]{0,3000}\}+(?:\s*;)?|[^\n]*)|:{3,}[^\n]*|\{:[^{}\n]*\}|\[\[?_?toc_?\]?\]"
    r"|(?:</?[A-Za-z][\w.]*(?:\s[^<>]{0,2000})?/?>[ \t]{0,40})+)[ \t]{0,40}$",
    re.MULTILINE | re.IGNORECASE,
)
_HEADING_ATTRIBUTES = re.compile(r"(?<=\S)[ \t]{1,20}\{[:#.][^{}\n]{1,200}\}[ \t]{0,40}$", re.MULTILINE)


def without_marks(text: str) -> tuple[str, tuple[str, ...]]:
    """``text`` without marks, and those that stood in a sentence, where "…" now shows that something is missing."""
    holes: list[str] = []
    kept: list[str] = []
    start = 0
    last = {close: text.rfind(close) for close in _CLOSING.values()}
    closed = frozenset(re.findall(r"\{\{[<%]?\s{0,9}/\s{0,9}([\w-]{1,60})", text))
    for opening in _OPENING.finditer(text):
        first, close = opening.start(), _CLOSING[opening[0]]
        if first < start or last[close] < first:
            continue
        end = text.find(close, opening.end(), first + _LONGEST)
        before = text[max(start, first - 300) : first]
        if end < 0 or (opening[0] == "{{" and re.search(r"\{\{\s?[#^/!]", before.rpartition("\n")[2])):
            continue
        inner = text[opening.end() : end].strip(" -<%>\t\n")
        if opening[0] == "{%" and re.match(r"(?:comment|javascript|schema|style)\b", inner):
            # Of what is closed by a second tag nothing is seen.
            second = re.compile(r"\{%-?\s{0,9}end" + inner.split()[0]).search(text, end, end + _LONGEST)
            end = text.find(close, second.end(), second.end() + 100) if second else end
        end += len(close) + (text[opening.end() : opening.end() + 1] + text[end + 2 : end + 3] == "{}")
        after = text[end : end + 1]
        in_a_sentence = before.rpartition("\n")[2].strip(" \t>*-") != "" or after.strip() != ""
        kept.append(text[start:first])
        start = end
        is_output = opening[0] == "{{" and re.match(r"[\w.$]", text[opening.end() : end].strip()) is not None
        if is_output and in_a_sentence and inner.split(" ")[0] not in closed and before[-1:] + after != "()":
            holes.append(" ".join(text[first:end].split()))
            kept.append("…")
        elif before[-1:] == " " and after in tuple(" .,;:!?"):
            kept[-1] = kept[-1][:-1]
    text = "".join((*kept, text[start:]))
    if "[" in text:
        text = _without_shortcodes(text)
    return _HEADING_ATTRIBUTES.sub("", _LINE.sub("", text)), tuple(holes)


def _without_shortcodes(text: str) -> str:
    closed = frozenset(mark["name"] for mark in _SHORTCODE.finditer(text) if mark["close"])
    kept: list[str] = []
    start = 0
    for mark in _SHORTCODE.finditer(text):
        if mark.start() < start:
            continue
        name = mark["name"]
        before = text[max(0, mark.start() - 300) : mark.start()].rpartition("\n")[2]
        alone = not before.strip() and text[mark.end() : mark.end() + 1].strip(" \n") == ""
        named = name.islower() and (name == "gallery" or re.search("[_-]", name) is not None)
        if not (mark["close"] or name in closed or "=" in mark["attributes"] or (alone and named)):
            continue  # "[sic]", "[laughs]" are the article's
        kept.append(text[start : mark.start()])
        start = mark.end()
        end = text.find(f"[/{name}]", start, start + 5000)
        if not mark["close"] and end >= 0:
            content = text[start:end]
            if "caption" in name:  # the picture, and what is said of it
                words = re.sub(r"<[^<>]*>|!\[[^\]]*\]\([^)]*\)", "", content).strip()
                kept.append(f"\n\nCaption: {words}\n\n" if words else "")
                start = end
            elif _ONLY_SHOWN.fullmatch(content):
                start = end
    return "".join((*kept, text[start:]))
