"""Prints what ``side_by_side``, ``scale`` and ``limits`` measured: ``python -m benchmarks.tables [--write]``.

With ``--write`` the tables also go into ``benchmarks/README.md``, between its two marks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table as Drawn

from benchmarks.peers import OURS, SYSTEMS
from benchmarks.peers.running import Results
from benchmarks.side_by_side import FOLDER

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
SLACK = 0.05
"""Of the facts that ours finds; who finds less, or breaks a limit, does not answer rightly."""
SCENARIOS = ("hybrid", "10 %", "1 %", ".1 %")
Stages = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a heading."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def markdown(self) -> str:
        lines = [f"### {self.title}", "", *(f"{self.note}\n" for _ in self.note[:1])]
        lines += ["| " + " | ".join(self.columns) + " |", "|" + "---|" * len(self.columns)]
        return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in self.rows)])

    def draw(self, console: Console) -> None:
        drawn = Drawn(*self.columns, title=self.title, caption=self.note or None)
        for row in self.rows:
            drawn.add_row(*row)
        console.print(drawn)


def measured(name: str) -> dict[int, dict[str, dict[str, dict[str, Any]]]]:
    """What a file of results holds, by size, system and stage; of what was measured twice the last."""
    told: dict[int, dict[str, dict[str, dict[str, Any]]]] = {}
    for row in Results(FOLDER / name).rows():
        told.setdefault(row["size"], {}).setdefault(row["system"], {})[row["stage"]] = row
    return {size: {system: told[size][system] for system in SYSTEMS if system in told[size]} for size in sorted(told)}


def right(ours: Stages, other: Stages, scenario: str) -> bool:
    """Whether a system keeps the limits and finds about what ours finds."""
    if "failed" in other.get("serve", {"failed": ""}):
        return False
    mine, its = ours["serve"][scenario], other["serve"][scenario]
    facts = {"hybrid": "facts", "filtered": "filtered facts"}.get(scenario, "")
    if facts in other["serve"]:  # counted in the same words; ten hits of ours may hold more
        found, wanted = other["serve"][facts]["recall"], ours["serve"][facts]["recall"]
    else:
        found, wanted = its["gold"], mine["gold"]
    good = its["obeyed"] == 1 and found >= wanted - SLACK
    return bool(good)


def fastest(systems: Mapping[str, Stages], scenario: str, *, rightly: bool = True) -> tuple[str, float] | None:
    """The peer with the shortest median question, and how many times ours it takes."""
    ours = systems[OURS]
    times = {
        name: stages["serve"][scenario]["p50"] / ours["serve"][scenario]["p50"]
        for name, stages in systems.items()
        if name != OURS and "failed" not in stages.get("serve", {"failed": ""})
        if not rightly or right(ours, stages, scenario)
    }
    return min(times.items(), key=lambda one: one[1]) if times else None


def building(systems: Mapping[str, Stages]) -> Table:
    ours = systems[OURS]["build"]
    rows = []
    for name, stages in systems.items():
        one, change = stages["build"], stages.get("change", {})
        if "failed" in one:
            rows.append([name, one["failed"], *[""] * 9])
            continue
        again = stages.get("rebuild", {}).get("seconds", one["seconds"])
        rows.append(
            [
                name,
                f"{one['passages'] / one['seconds']:,.1f}",
                f"{one['articles'] / one['seconds']:,.2f}",
                _times(one["seconds"] / ours["seconds"]),
                f"{one['processor']:,.0f}",
                _times(one["processor"] / ours["processor"]),
                _megabytes(one["peak"]),
                f"{one['bytes'] / one['passages']:,.0f}",
                f"{again:,.1f}",
                *(f"{change[what]:,.2f}" if what in change else change.get("failed", "") for what in ("add", "remove")),
            ]
        )
    columns = (
        "system|passages/s|articles/s|time, × ours|processor s|× ours|peak MB|bytes/passage"
        "|again, 1 % changed, s|add an article, s|remove an outlet, s"
    )
    note = (
        f"{ours['articles']:,} articles, {ours['passages']:,} passages, the model loaded before. news-rag reads the"
        " articles, cuts them, groups copies and checks and syncs what it writes; the others are given the passages."
        " Again, they are built from nothing."
    )
    return Table("Building", columns.split("|"), rows, note)


def asking(systems: Mapping[str, Stages]) -> Table:
    rows = []
    for name, stages in systems.items():
        one = stages.get("serve", {"failed": stages["build"].get("failed", "not asked")})
        if "failed" in one:
            rows.append([name, one["failed"], *[""] * 9])
            continue
        cold = stages.get("cold", {})
        shell = " / ".join(f"{cold[what]:.1f}" for what in ("seconds", "ask") if what in cold)
        rows.append(
            [
                name,
                shell or cold.get("failed", ""),
                f"{one['open']:.2f}",
                *(_spread(one[scenario]) for scenario in ("hybrid", "filtered")),
                *(_crowd(one[scenario]["crowd"]) for scenario in ("hybrid", "filtered")),
                _megabytes(one["peak"]),
                f"{one['facts']['recall']:.3f}",
                f"{one['filtered facts']['recall']:.3f}",
                f"{one['filtered']['obeyed']:.3f}",
            ]
        )
    columns = (
        "system|from the shell, s|open, s|question p50/p95/p99, ms|with a filter, ms|8 askers: a second, p95 ms"
        "|with a filter|peak MB|facts in 2,000 words|filtered: facts|within the filter"
    )
    note = (
        "Hybrid questions with the model, ten passages each; the filter is an outlet and two months. From the shell:"
        " `rag search` / `rag ask` (which also answers), and a script that loads and asks. "
    ) + _fastest_told(systems, ("hybrid", "filtered"))
    return Table("Asking", columns.split("|"), rows, note)


def growing(sizes: Mapping[int, Mapping[str, Stages]]) -> list[Table]:
    """Tables by number of passages: what making and keeping it takes, what questions take, and ratios."""
    making, questions, ratios = list[list[str]](), list[list[str]](), list[list[str]]()
    for size, systems in sizes.items():
        for name, stages in systems.items():
            label = [f"{size:,}", name]
            built, served, change = (stages.get(stage, {"failed": ""}) for stage in ("build", "serve", "change"))
            if "failed" in built:
                making.append([*label, built["failed"], *[""] * 6])
                continue
            making.append(
                [
                    *label,
                    f"{built['seconds']:,.1f}",
                    _megabytes(built["peak"]),
                    f"{built['bytes'] / built['passages']:,.0f}",
                    f"{served['open']:.2f}" if "open" in served else served["failed"],
                    _megabytes(served["peak"]) if "peak" in served else "",
                    *(f"{change[what]:,.2f}" if what in change else change["failed"] for what in ("add", "remove")),
                ]
            )
            if "failed" in served:
                continue
            some = [served[scenario] for scenario in SCENARIOS]
            questions.append(
                [
                    *label,
                    *map(_spread, some),
                    " ".join(_milliseconds(one["processor"]) for one in some),
                    _crowd(served["1 %"]["crowd"]),
                    " ".join(f"{one['vector_recall']:.3f}" if "vector_recall" in one else "-" for one in some),
                    " ".join(f"{one['gold']:.2f}" for one in some),
                    " ".join(f"{one['obeyed']:.0f}" for one in some),
                ]
            )
        if "failed" not in systems.get(OURS, {}).get("serve", {"failed": ""}):
            for scenario in SCENARIOS:
                told = fastest(systems, scenario)
                ours = systems[OURS]["serve"][scenario]["p50"]
                others = [_ratio(systems.get(name, {}), scenario, ours) for name in SYSTEMS if name != OURS]
                ratios.append([f"{size:,}", scenario, *others, f"{told[0]} {_times(told[1])}" if told else "nobody"])
    peers = [name for name in SYSTEMS if name != OURS]
    heads = (
        "passages|system|build, s|peak MB|bytes/passage|open, s|serving, peak MB|add an article, s|remove an outlet, s",
        "passages|system|hybrid p50/p95/p99, ms|10 %|1 %|.1 %|processor, ms|8 askers at 1 %: a second, p95 ms"
        "|vectors@10 of exact|gold passage|within the filter",
    )
    notes = (
        "Invented news, embedded by a static model that takes no time worth naming.",
        "The filter is days that hold so much of the archive. vectors@10: how many of the ten nearest within the"
        " filter come; gold passage: how often it is within the first ten passages' words. Both, processor time a"
        " question, and whether the filter held, for hybrid, 10 %, 1 % and .1 %.",
        f"Rightly: all within the filter, and the gold passage at most {SLACK} less often than ours.",
    )
    return [
        Table("Growing: making and keeping", heads[0].split("|"), making, notes[0]),
        Table("Growing: questions", heads[1].split("|"), questions, notes[1]),
        Table(
            "Growing: the median question, as a multiple of ours",
            ["passages", "question", *peers, "fastest that answers rightly"],
            ratios,
            notes[2],
        ),
        exponents(sizes),
    ]


def _ratio(stages: Stages, scenario: str, ours: float) -> str:
    served = stages.get("serve", {"failed": ""})
    return "-" if "failed" in served else _times(served[scenario]["p50"] / ours)


def exponents(sizes: Mapping[int, Mapping[str, Stages]]) -> Table:
    """Slopes of log time over log size, by least squares: 1 is as the archive grows, 0 not at all."""
    rows = []
    for name in SYSTEMS:
        own = {size: systems[name] for size, systems in sizes.items() if name in systems}
        row = [name, _slope({size: one["build"].get("seconds") for size, one in own.items()})]
        row += [
            _slope({size: one.get("serve", {}).get(scenario, {}).get("p50") for size, one in own.items()})
            for scenario in SCENARIOS
        ]
        rows.append(row)
    title = "Growing: exponents"
    return Table(title, ["system", "build", *SCENARIOS], rows, "Of the build and of the median question, log-log.")


def _slope(times: Mapping[int, float | None]) -> str:
    points = [(size, took) for size, took in times.items() if took]
    if len(points) < 2:
        return "-"
    x, y = np.log(np.array(points, dtype=np.float64)).T
    return f"{np.polyfit(x, y, 1)[0]:.2f}"


def limits(sizes: Mapping[int, Mapping[str, Stages]]) -> Table | None:
    """The least that a question could take if it read every vector, beside what it takes."""
    rows = Results(FOLDER / "limits.jsonl").rows()
    if not rows:
        return None
    rates = rows[-1]
    cells = []
    for size, systems in sizes.items():
        served = systems.get(OURS, {}).get("serve", {})
        if "hybrid" in served:
            least = [1000 * size * 1536 / rates[rate] for rate in ("read", "scanned")]
            told = (f"{served[scenario]['p50'] * 1000:.1f}" for scenario in ("hybrid", "1 %"))
            cells.append([f"{size:,}", f"{size * 1536 / 1e6:,.0f}", *(f"{one:.1f}" for one in least), *told])
    columns = "passages|float32 vectors, MB|reading them, ms|inner products, ms|ours, ms|ours at 1 %, ms"
    note = "Memory: " + ", ".join(
        f"{name} {rates[name] / 1e9:.1f} GB/s" for name in ("read", "scanned", "copied", "triad")
    )
    return Table("Against the machine", columns.split("|"), cells, note)


def _fastest_told(systems: Mapping[str, Stages], scenarios: Iterable[str]) -> str:
    told = [(scenario, fastest(systems, scenario)) for scenario in scenarios]
    some = [f"{scenario}: {one[0]}, {_times(one[1])} ours" for scenario, one in told if one]
    return f"Fastest peer that answers rightly: {'; '.join(some)}." if some else "No peer answers rightly."


def _spread(one: Mapping[str, float]) -> str:
    return "/".join(_milliseconds(one[cut]) for cut in ("p50", "p95", "p99"))


def _crowd(one: Mapping[str, Any]) -> str:
    return str(one["failed"]) if "failed" in one else f"{one['rate']:,.1f}, {_milliseconds(one['p95'])}"


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:,.1f}" if seconds < 0.1 else f"{1000 * seconds:,.0f}"


def _megabytes(size: float) -> str:
    return f"{size / 1e6:,.0f}"


def _times(ratio: float) -> str:
    return f"{ratio:.2f} ×" if ratio < 10 else f"{ratio:,.0f} ×"


def tables() -> list[Table]:
    found = list[Table]()
    for systems in measured("articles.jsonl").values():
        if OURS in systems and "failed" not in systems[OURS].get("serve", {"failed": ""}):
            found += [building(systems), asking(systems)]
    if sizes := measured("scale.jsonl"):
        found += [*growing(sizes), *filter(None, [limits(sizes)])]
    return found


def main() -> None:
    found = tables()
    console = Console(width=None if sys.stdout.isatty() else 200)
    for one in found:
        one.draw(console)
    if "--write" in sys.argv[1:]:
        rows = [row for name in ("articles.jsonl", "scale.jsonl") for row in Results(FOLDER / name).rows()]
        on = [f"{day}, {machine}" for (day, machine), _ in groupby(rows, lambda row: (row["at"][:10], row["machine"]))]
        text = README.read_text()
        told = "\n\n".join([f"Measured on {'; '.join(dict.fromkeys(on))}.", *(one.markdown() for one in found)])
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        README.write_text(f"{before}{BEGIN}\n\n{told}\n\n{END}{after}")


if __name__ == "__main__":
    main()
