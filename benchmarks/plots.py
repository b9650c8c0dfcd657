"""Draws what was measured as SVG for ``benchmarks/README.md``: ``python -m benchmarks.plots``.

Written by hand, as a drawing library weighs more than all that is drawn. Colours follow the reader's light or dark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10
from pathlib import Path

from benchmarks.peers import SYSTEMS
from benchmarks.tables import measured

PICTURES = Path(__file__).with_name("pictures")
WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT = 640, 360, 70, 44, 46, 110
# Okabe & Ito's colours, which everybody can tell apart, on white and on black.
COLOURS = dict(zip(SYSTEMS, ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00"), strict=True))
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-size:15px;font-weight:600}"
    ".grid{stroke:#d0d7de}line,polyline{fill:none}polyline{stroke-width:2}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.grid{stroke:#3d444d}}"
)
Series = Mapping[str, Sequence[tuple[float, float]]]


def bars(title: str, values: Mapping[str, float]) -> str:
    """A bar for each system, longest where there is most."""
    step, most = 34, max(values.values())
    marks = list[str]()
    for number, (name, value) in enumerate(values.items()):
        y, length = TOP + 12 + number * step, (WIDTH - 110 - 90) * value / most
        marks.append(f'<rect x="110" y="{y}" width="{length:.1f}" height="22" fill="{COLOURS[name]}"/>')
        marks.append(_text(102, y + 16, name, "end") + _text(118 + length, y + 16, _number(value)))
    return _drawing(title, TOP + 20 + len(values) * step, marks)


def lines(title: str, below: str, series: Series) -> str:
    """A line for each system, both axes by powers of ten."""
    points = [point for some in series.values() for point in some]
    (x0, x1), (y0, y1) = (_decades([point[axis] for point in points]) for axis in (0, 1))

    def place(point: tuple[float, float]) -> tuple[float, float]:
        x = LEFT + (WIDTH - LEFT - RIGHT) * (log10(point[0]) - x0) / (x1 - x0)
        y = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (log10(point[1]) - y0) / (y1 - y0)
        return round(x, 1), round(y, 1)

    marks = list[str]()
    for power in range(y0, y1 + 1):
        _, y = place((10.0**x0, 10.0**power))
        marks.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        marks.append(_text(LEFT - 8, y + 4, _number(10.0**power), "end"))
    for power in range(x0, x1 + 1):
        x, y = place((10.0**power, 10.0**y0))
        marks.append(_text(x, y + 20, _number(10.0**power), "middle"))
    marks.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, below, "middle"))
    taken = list[float]()
    for name, some in sorted(series.items(), key=lambda one: place(one[1][-1])[1]):
        placed = [place(point) for point in sorted(some)]
        drawn = " ".join(f"{x},{y}" for x, y in placed)
        marks.append(f'<polyline points="{drawn}" stroke="{COLOURS[name]}"/>')
        marks += [f'<circle cx="{x}" cy="{y}" r="3.5" fill="{COLOURS[name]}"/>' for x, y in placed]
        # A name stands at the end of its line, or below the one before it.
        y = max([placed[-1][1] + 4, *(one + 15 for one in taken[-1:])])
        taken.append(y)
        marks.append(_text(placed[-1][0] + 9, y, name, colour=COLOURS[name]))
    return _drawing(title, HEIGHT, marks)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    first, last = floor(log10(min(values)) + 1e-9), ceil(log10(max(values)) - 1e-9)
    return first, max(last, first + 1)


def _text(x: float, y: float, what: str, anchor: str = "start", colour: str = "") -> str:
    style = f' style="fill:{colour}"' if colour else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{escape(what)}</text>'


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _drawing(title: str, height: int, marks: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
    )
    heading = f'<text class="title" x="16" y="24">{escape(title)}</text>'
    return "\n".join([head, heading, *marks, "</svg>"]) + "\n"


def main() -> None:
    drawn = dict[str, str]()
    for systems in measured("articles.jsonl").values():
        built = {name: stages["build"] for name, stages in systems.items() if "failed" not in stages["build"]}
        if built:
            rates = {name: one["passages"] / one["seconds"] for name, one in built.items()}
            drawn["build"] = bars("Building: passages a second, with the model", rates)
    sizes = measured("scale.jsonl")
    for picture, title, scenario, figure, factor in (
        ("questions", "Median hybrid question, milliseconds", "hybrid", "p50", 1e3),
        ("filtered", "Median hybrid question within 1 % of the archive, milliseconds", "1 %", "p50", 1e3),
        ("memory", "Peak memory of serving, MB", "", "peak", 1e-6),
    ):
        series = dict[str, list[tuple[float, float]]]()
        for size, systems in sizes.items():
            for name, stages in systems.items():
                served = stages.get("serve", {"failed": ""})
                if "failed" not in served:
                    value = (served[scenario] if scenario else served)[figure]
                    series.setdefault(name, []).append((size, factor * value))
        if series:
            drawn[picture] = lines(title, "passages", series)
    for name, drawing in drawn.items():
        path = PICTURES / f"bench-{name}.svg"
        path.write_text(drawing)
        print(path)


if __name__ == "__main__":
    main()
