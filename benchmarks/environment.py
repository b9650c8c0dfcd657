"""What each part of an environment weighs: ``python -m benchmarks.environment [EXTRA…]``.

For what is always installed, and for each extra (all by default), prints the distributions that it brings and their
megabytes on disk, the heaviest first. What an earlier part brought already is not counted again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OURS, SHOWN = "news-rag", 12


def main(extras: list[str]) -> None:
    ours = distribution(OURS)
    seen = set[str]()
    _print("always", dict(_brought(OURS, "", seen)))
    for extra in extras or sorted(ours.metadata.get_all("Provides-Extra") or ()):
        _print(extra, dict(_brought(OURS, extra, set(seen))))


def _brought(name: str, extra: str, seen: set[str]) -> Iterator[tuple[str, int]]:
    """Names and bytes of a distribution and of all that it needs, once each, as far as they are installed."""
    key = canonicalize_name(name) + (f"[{extra}]" if extra else "")
    if key in seen:
        return
    seen.add(key)
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return
    if canonicalize_name(name) not in seen or not extra:
        seen.add(canonicalize_name(name))
        yield canonicalize_name(name), _size(found)
    for line in found.requires or ():
        needed = Requirement(line)
        if needed.marker and not needed.marker.evaluate({"extra": extra}):
            continue
        if extra and needed.marker and needed.marker.evaluate({"extra": ""}):
            continue
        for wanted in ("", *needed.extras):
            yield from _brought(needed.name, wanted, seen)


def _size(found: Distribution) -> int:
    paths = (Path(str(file.locate())) for file in found.files or ())
    return sum(path.stat().st_size for path in paths if path.is_file())


def _print(part: str, sizes: dict[str, int]) -> None:
    heaviest = sorted(sizes.items(), key=lambda one: -one[1])
    if not sizes:
        print(f"{part}: nothing more, or it is not installed")
        return
    print(f"{part}: {sum(sizes.values()) / 1e6:,.0f} MB, {len(sizes)} distributions")
    for name, size in heaviest[:SHOWN]:
        if size >= 1e6:
            print(f"  {size / 1e6:8,.1f}  {name}")


if __name__ == "__main__":
    main(sys.argv[1:])
