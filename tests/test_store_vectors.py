"""The vectors of an index: what is found by looking at all of them, and by their short forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index import building
from index.removing import Selection, remove
from index.sources.files import find_files
from index.sources.reading import read_files
from rag import Article
from rag.errors import IndexCorrupt
from rag.store import parts
from rag.store.folder import IndexFolder
from rag.store.manifest import Search, Vectors
from rag.store.snapshot import Snapshot
from rag.store.vectors import CompressedIndex, Rows, VectorIndex, VectorWriter, compress, measured, stored_vectors
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, TODAY, ToyEmbedder, build_index, write_article

SIZES = (1, 3, 2_997, 31, 33, 4_000)


def about(topics: int, count: int, dimension: int) -> NDArray[np.float32]:
    """Unit vectors around those of some topics; the first dimensions are the larger ones, and one is of zeros."""
    chance = np.random.default_rng(7)
    vectors = chance.standard_normal((topics, dimension))[chance.integers(topics, size=count)]
    vectors = (vectors + chance.standard_normal((count, dimension))) * (1 + np.arange(dimension)) ** -0.3
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[5] = 0
    return vectors.astype(np.float32)


def both(folder: Path, vectors: NDArray[np.float32], sizes: Sequence[int]) -> tuple[VectorIndex, CompressedIndex, Rows]:
    """The vectors in parts of some sizes, exact and compressed."""
    paths, files = list[Path](), list[tuple[Path, Path]]()
    for number, part in enumerate(np.split(vectors, np.cumsum(sizes)[:-1])):
        paths.append(folder / f"{number}.f32")
        files.append((folder / f"{number}.signs", folder / f"{number}.i10"))
        writer = VectorWriter(paths[-1])
        writer.add(part)
        writer.finish()
        compress(part, *files[-1])
    dimension = vectors.shape[1]
    compressed = CompressedIndex.open(files, dimension, 400)
    return VectorIndex.read(paths, dimension), compressed, Rows([stored_vectors(path, dimension) for path in paths])


def rows_of(found: list[list[tuple[int, float]]]) -> list[list[int]]:
    return [[row for row, _ in one] for one in found]


@pytest.mark.parametrize("dimension", [10, 64, 384])
def test_short_forms_find_what_all_vectors_do_and_limits_hold(tmp_path: Path, dimension: int) -> None:
    vectors = about(60, sum(SIZES), dimension)
    exact, compressed, _ = both(tmp_path, vectors, SIZES)
    chance = np.random.default_rng(1)
    added = chance.standard_normal((4, dimension)).astype(np.float32) / np.float32(dimension)
    questions = vectors[[0, 2, 3_000, 7_000]] + added
    products = questions @ vectors.T
    assert (exact.rows, compressed.rows) == (len(vectors), len(vectors))
    for share in (1.0, 0.5, 0.1, 0.01):
        allowed = None if share == 1.0 else chance.random(len(vectors)) < share
        within = products if allowed is None else np.where(allowed, products, -2)
        best = np.argsort(-within, axis=1, kind="stable")[:, :10]
        assert rows_of(exact.nearest(questions, 10, allowed)) == best.tolist()
        found = compressed.nearest(questions, 40, allowed)
        assert [len(set(rows)) for rows in rows_of(found)] == [40] * 4
        assert allowed is None or allowed[np.array(rows_of(found))].all()
        hits = [len({*rows} & {*some}) for rows, some in zip(rows_of(found), best.tolist(), strict=True)]
        assert sum(hits) >= 39
        for one, scores in zip(found, products, strict=True):
            assert [score for _, score in one] == pytest.approx([scores[row] for row, _ in one], abs=0.002)
    rows = [7_000, 0, 4, 7_000]
    assert np.allclose(exact.similarities(rows, questions), products[:, rows], atol=1e-6)
    assert np.allclose(compressed.similarities(rows, questions), products[:, rows], atol=0.002)
    for index in (exact, compressed):
        assert index.similarities([], questions).shape == (4, 0)
        nothing = np.zeros(len(vectors), np.bool_)
        only = np.arange(len(vectors)) == 6_000
        assert rows_of(index.nearest(questions, 10, only)) == [[6_000]] * 4
        assert index.nearest(questions, 10, nothing) == [[]] * 4
        assert {*rows_of(index.nearest(questions[:1], 10**9))[0]} == {*range(len(vectors))}


def test_candidates_are_raised_until_enough_is_found(tmp_path: Path) -> None:
    _, compressed, stored = both(tmp_path, about(3, 6_000, 32), [2_000, 4_000])
    compressed.candidates = few = 20
    recall = measured(compressed, stored)
    assert recall >= 0.98
    assert compressed.candidates > few
    compressed.candidates //= 2
    before = compressed.candidates
    measured(compressed, stored)
    assert compressed.candidates > before  # fewer were not enough


def invented(count: int) -> list[Article]:
    towns = ("Quarrendon", "Lindmoor", "Vellmar", "Port Ellery")
    return [
        Article(
            f"Council of {towns[n % 4]} meets again",
            tuple(f"Speaker {n} of {towns[n % 4]} told hall {p} about bridge {n * p % 7}." for p in range(1 + n % 4)),
            url=f"https://post.example/{n}",
            published=date(2025, 1, 1 + n % 28),
        )
        for n in range(count)
    ]


def add(folder: IndexFolder, *articles: Article) -> None:
    for number, article in enumerate(articles):
        write_article(folder.path.parent / "added", f"{article.title}-{number}", article)
    items = read_files(find_files([folder.path.parent / "added"]), today=TODAY)
    building.add(items, folder, ToyEmbedder(dimension=64))
    folder.verify()


def searched(folder: IndexFolder) -> tuple[Vectors, list[str], Path]:
    """How the current snapshot is searched, what is found, and where it is; each part has what it must have."""
    snapshot = Snapshot.open(folder.path)
    at, manifest = folder.snapshot_path(snapshot.id), snapshot.manifest
    short = [name for name in manifest.files if name.endswith((".signs", ".i10"))]
    assert len(short) == 2 * len(parts.parts_of(manifest)) * manifest.vectors.compressed
    assert {path.relative_to(at).as_posix() for path in at.rglob("*") if path.is_file()} == {
        *manifest.files,
        "manifest.json",
    }
    assert isinstance(snapshot.vectors, CompressedIndex) == manifest.vectors.compressed
    texts = ("Speaker 22 told hall 2 of Vellmar", "Odile Brandt offered lower tolls", "old tram depot")
    questions = ToyEmbedder(dimension=64).embed_questions(texts)
    near = [row for rows in rows_of(snapshot.vectors.nearest(questions, 1)) for row in rows]
    return manifest.vectors, [one.passage.text for one in snapshot.passages(near)], at


def test_a_change_leaves_the_short_forms_of_untouched_parts_and_makes_those_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "_PART", 20)
    monkeypatch.setattr(parts, "_SMALL", 6)
    folder, exact = IndexFolder(tmp_path / "index"), IndexFolder(tmp_path / "exact")
    articles = invented(30)
    for index in (folder, exact):
        search: Search = "compressed" if index is folder else "exact"
        build_index(index.path, articles, ToyEmbedder(dimension=64), budget=20, search=search)
    first, _, before = searched(folder)
    assert (first.asked, first.compressed, first.passages) == ("compressed", True, 73)
    assert first.recall >= 0.98
    for index in (folder, exact):
        add(index, HARBOUR, PROTEST, ORCHESTRA)
        remove(index, Selection(("https://post.example/0",)), "why")
    then, found, after = searched(folder)
    plain, same, _ = searched(exact)
    assert (then, plain, found) == (first, Vectors("exact"), same)
    kept = [path.relative_to(before) for path in before.rglob("*.signs") if "0000000000" not in path.parts]
    assert len(kept) == 3
    assert [(before / path).samefile(after / path) for path in kept] == [True, True, True]
    # Half of what was measured is not there any more: it is measured anew.
    add(folder, *(replace(one, url=f"{one.url}/again", title=f"{one.title}!") for one in articles * 2))
    assert searched(folder)[0].passages > 140


def test_the_form_is_chosen_by_size_unless_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_MOST_EXACT", 3)
    folder, embedder = IndexFolder(tmp_path / "index"), ToyEmbedder(dimension=64)
    assert build_index(folder.path, [HARBOUR, PROTEST, ORCHESTRA], embedder).published
    few, found, _ = searched(folder)
    add(folder, replace(HARBOUR, url="https://gull.example/tolls", title="Tolls, again"))
    many, _, _ = searched(folder)
    assert (few, many) == (Vectors(), Vectors("auto", True, 800, 1.0, 4))
    remove(folder, Selection(("https://gull.example/tolls",)), "why")
    assert searched(folder)[:2] == (few, found)
    articles = [HARBOUR, PROTEST, ORCHESTRA]
    other: Search
    for other in ("compressed", "exact"):
        assert build_index(folder.path, articles, embedder, search=other).published
        assert not build_index(folder.path, articles, embedder, search=other).published
        assert searched(folder)[0].compressed == (other == "compressed")
    assert len(embedder.embedded) == 3


def test_that_too_little_is_found_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write_article(tmp_path / "news", "harbour", HARBOUR)
    monkeypatch.setattr(parts, "measured", lambda index, stored: 0.9)
    building.build([tmp_path / "news"], IndexFolder(tmp_path / "index"), ToyEmbedder(), search="compressed")
    assert "only 0.900 of the nearest vectors are found: --vectors exact" in caplog.text


def test_damaged_short_forms_are_refused(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR, PROTEST], ToyEmbedder(dimension=64), search="compressed")
    at = IndexFolder(tmp_path / "index").snapshot_path(IndexFolder(tmp_path / "index").current().id)
    signs, numbers = at / "parts/0000000000/vectors.signs", at / "parts/0000000000/vectors.i10"
    for path in (signs, numbers):
        data = path.read_bytes()
        for damaged in (b"", data[:-1], None):
            path.unlink()
            if damaged is not None:
                path.write_bytes(damaged)
            with pytest.raises(IndexCorrupt, match=r"rebuild with rag-index build"):
                Snapshot.open(tmp_path / "index")
            with pytest.raises(IndexCorrupt, match=r"rebuild with rag-index build"):
                CompressedIndex.open([(signs, numbers)], 64, 100)
            path.write_bytes(data)
    for path in (signs, numbers):  # other bytes find other rows, and no more
        path.write_bytes(b"\xff" * path.stat().st_size)
    assert len(Snapshot.open(tmp_path / "index").vectors.nearest(np.ones((1, 64), np.float32), 5)[0]) == 2
