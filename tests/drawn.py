"""Reads what the page renders as a browser would, without one."""

from __future__ import annotations

from html.parser import HTMLParser

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(1)</script>'


class Drawn(HTMLParser):
    """What a browser would make of HTML: its elements, the text of its cells, and that all of them are closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open += [] if tag in ("input",) else [tag]
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.rows and "tr" in self.open:
            self.rows[-1][-1] += data

    def all(self, tag: str, name: str) -> list[str | None]:
        return [attributes[name] for one, attributes in self.elements if one == tag and name in attributes]

    @property
    def harmless(self) -> bool:
        """Whether nothing of ``HOSTILE`` became an element or an attribute."""
        tags = {tag for tag, _ in self.elements}
        names = {name for _, attributes in self.elements for name in attributes}
        return not tags & {"img", "script"} and not any(name.startswith("on") for name in names)
