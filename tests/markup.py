"""HTML as tests look at it: its elements, in order, and their text."""

from __future__ import annotations

import lxml.html


class Html:
    """A piece of a page."""

    def __init__(self, html: str) -> None:
        root = lxml.html.fragment_fromstring(html, create_parent="div")
        self.elements = [one for one in root.iter() if isinstance(one.tag, str)][1:]
        self.text = " ".join("".join(root.itertext()).split())

    def all(self, *names: str) -> list[lxml.html.HtmlElement]:
        """The elements with one of these tags, or ``.class``es."""
        own = [{one.tag, *(f".{name}" for name in one.get("class", "").split())} for one in self.elements]
        return [one for one, its in zip(self.elements, own, strict=True) if its & set(names)]

    def texts(self, *names: str) -> list[str]:
        """Their texts, each on one line."""
        return [" ".join("".join(one.itertext()).split()) for one in self.all(*names)]

    def values(self, attribute: str, *names: str) -> list[str]:
        """What they have for an attribute."""
        return [value for one in self.all(*names) if (value := one.get(attribute)) is not None]
