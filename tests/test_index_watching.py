"""Keeping an index current: what a feed gains, corrects and withdraws, and what comes into a folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from html import escape
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from index.intake import Intake
from index.network import following
from index.watching import look
from rag.models import embedding
from rag.search.retriever import Retriever
from rag.store.folder import IndexFolder
from tests.conftest import Ran
from tests.servers import Page, send, serving
from tests.toy import ToyEmbedder

TODAY = date(2025, 3, 10)


def entry(base: str, name: str, text: str, updated: str = "2025-03-09T08:00:00Z") -> str:
    return (
        f'<entry><title>News of {name}</title><link href="{base}/{name}"/><id>urn:gull:{name}</id>'
        f"<published>2025-03-09T08:00:00Z</published><updated>{updated}</updated>"
        f'<content type="html">{escape(f"<p>{text}</p><p>The port office said so on Sunday.</p>")}</content></entry>'
    )


def feed(*entries: str) -> bytes:
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">'
    return f"<?xml version='1.0'?>{head}<title>Lindmoor Gull</title>{''.join(entries)}</feed>".encode()


def tagged(body: bytes) -> Page:
    """A page that never changes, and says so to who asks."""

    def page(handler: BaseHTTPRequestHandler) -> None:
        same = handler.headers.get("If-None-Match") == '"1"'
        send(handler, b"" if same else body, 304 if same else 200, ETag='"1"')

    return page


def test_a_watched_feed_gains_corrects_and_withdraws_and_a_reader_sees_each(tmp_path: Path) -> None:
    folder, embedder = IndexFolder(tmp_path / "index"), ToyEmbedder()
    pages: dict[str, Page | bytes | object] = {}
    with serving(pages) as (base, asked):
        tolls = entry(base, "tolls", "The harbour tolls rise by nine per cent in April.")
        pages["/feed.xml"] = feed(tolls)
        intake = Intake([f"{base}/feed.xml"], folder, allow_private=True)
        intake.fetcher.sleep = lambda seconds: None
        looked = partial(look, intake, folder, embedder, TODAY)
        assert looked().counts.articles == 1
        reader = Retriever.open(folder.path, embedder=embedder)

        def said(question: str) -> list[str]:
            nonlocal reader
            reader = reader.refreshed()
            return [paragraph for hit in reader.search(question).hits for paragraph in hit.article.paragraphs[:1]]

        assert said("harbour tolls") == ["The harbour tolls rise by nine per cent in April."]
        assert not looked().published  # nothing new

        pages["/feed.xml"] = feed(entry(base, "wall", "The sea wall is closed to all traffic."), tolls)
        assert looked().counts.articles == 2
        assert said("sea wall")[0] == "The sea wall is closed to all traffic."

        later = "2025-03-10T08:00:00Z"
        corrected = entry(base, "tolls", "The harbour tolls rise by seven per cent in April.", later)
        pages["/feed.xml"] = feed(entry(base, "wall", "The sea wall is closed to all traffic."), corrected)
        assert looked().counts.versions == 3
        assert "The harbour tolls rise by seven per cent in April." in said("harbour tolls")
        assert "The harbour tolls rise by nine per cent in April." not in said("harbour tolls")

        gone = f'<at:deleted-entry ref="{base}/wall" when="{later}"/>'
        pages["/feed.xml"] = feed(gone, corrected)
        looked()
        assert said("sea wall") == ["The harbour tolls rise by seven per cent in April."]
        assert asked.count("/robots.txt") == 1


def test_a_page_that_is_gone_leaves_the_index_and_one_that_changed_is_read_again(tmp_path: Path) -> None:
    folder, embedder = IndexFolder(tmp_path / "index"), ToyEmbedder()
    story = {"title": "Tolls", "text": "The tolls rise.\n\nIn April.", "date": "2025-03-09"}
    pages: dict[str, Page | bytes | object] = {}
    with serving(pages) as (base, _):
        for name in ("/a.json", "/b.json"):
            pages[name] = {**story, "title": f"Tolls {name}", "url": base + name}
        pages["/map.xml"] = (
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            f"<url><loc>{base}/a.json</loc></url><url><loc>{base}/b.json</loc></url></urlset>"
        ).encode()
        intake = Intake([f"{base}/map.xml"], folder, allow_private=True)
        intake.fetcher.sleep = lambda seconds: None
        looked = partial(look, intake, folder, embedder, TODAY)
        assert looked().counts.articles == 2
        pages["/a.json"] = lambda handler: send(handler, b"", 410)
        pages["/b.json"] = {**story, "title": "Tolls /b.json", "text": "No toll rises.", "url": base + "/b.json"}
        looked()
        articles = Retriever.open(folder.path, embedder=embedder).store.newest(9)
        assert [one.paragraphs for one in articles] == [("No toll rises.",)]


def test_a_watched_folder_is_read_once_and_what_changes_again(tmp_path: Path) -> None:
    folder = IndexFolder(tmp_path / "index")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.json").write_text(json.dumps({"title": "Tolls", "text": "The tolls rise.", "date": "2025-03-04"}))
    intake = Intake([str(inbox)], folder)
    looked = partial(look, intake, folder, ToyEmbedder(), TODAY)
    assert looked().counts.articles == 1
    assert list(intake.items(TODAY)) == []
    (inbox / "b.json").write_text(json.dumps({"title": "Wall", "text": "The wall is shut.", "date": "2025-03-05"}))
    assert looked().counts.articles == 2
    (inbox / "a.json").unlink()  # a file that was cleared away is no article that was withdrawn
    assert looked().counts.articles == 2


def test_what_a_failed_look_saw_is_given_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, embedder = IndexFolder(tmp_path / "index"), ToyEmbedder()
    (tmp_path / "a.json").write_text(json.dumps({"title": "Tolls", "text": "The tolls rise.", "date": "2025-03-04"}))

    body = feed(entry("http://127.0.0.1", "wall", "It is shut."))
    with serving({"/feed.xml": tagged(body)}) as (base, asked):
        intake = Intake([str(tmp_path / "a.json"), f"{base}/feed.xml"], folder, allow_private=True)
        intake.fetcher.sleep = lambda seconds: None
        looked = partial(look, intake, folder, embedder, TODAY)
        with monkeypatch.context() as patched:
            patched.setattr(IndexFolder, "publish", lambda *args, **more: (_ for _ in ()).throw(OSError("no room")))
            with pytest.raises(OSError, match="no room"):
                looked()
        assert looked().counts.articles == 2
        assert list(intake.items(TODAY)) == []
        with folder.changing():  # addresses are read while nobody holds the lock, files as they are asked for
            before = len(asked)
            items = intake.items(TODAY)
            assert len(asked) == before + 1
            assert list(items) == []


def test_an_unchanged_sitemap_is_read_again_for_what_could_not_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST_PAGES", 2)
    folder = IndexFolder(tmp_path / "index")
    pages: dict[str, Page | bytes | object] = {}
    with serving(pages) as (base, _):
        story = {"text": "It is shut.\n\nFor a week.", "date": "2025-01-09"}
        names = [f"/{name}.json" for name in ("quay", "weir", "lock")]
        stories = {name: {**story, "title": f"The {name}", "url": base + name} for name in names}
        links = "".join(f"<url><loc>{base}{path}</loc></url>" for path in stories)
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{links}</urlset>'.encode()

        pages |= {**stories, "/map.xml": tagged(body), "/weir.json": lambda handler: send(handler, b"", 503)}
        intake = Intake([f"{base}/map.xml"], folder, allow_private=True)
        intake.fetcher.sleep = lambda seconds: None
        looked = partial(look, intake, folder, ToyEmbedder(), TODAY)
        assert looked().counts.articles == 1
        pages["/weir.json"] = stories["/weir.json"]
        assert looked().counts.articles == 3
        assert list(intake.items(TODAY)) == []


def test_a_watch_outlives_what_passes(
    run_command: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "load_embedder", lambda *_, **__: ToyEmbedder())
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    story = tmp_path / "a.json"
    story.write_text(json.dumps({"title": "Tolls", "text": "The tolls rise.", "date": "2025-03-04"}))
    watch = partial(run_command, "rag-index", "watch", story, "--index", tmp_path / "index", "--looks")

    def full(*args: object, **more: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(IndexFolder, "publish", full)
        first = watch(2)
        assert (first.code != 0, "the disk is full" in first.err) == (True, True)  # there is nothing to go on with
    with monkeypatch.context() as patched:
        patched.setattr(IndexFolder, "prune", full)
        pruned = watch(2)
        assert (pruned.code, pruned.err.count("this look failed: the disk is full")) == (0, 1)
    story.unlink()
    story.write_text(json.dumps({"title": "Tolls", "text": "The tolls fall.", "date": "2025-03-05"}))
    with monkeypatch.context() as patched:
        patched.setattr(IndexFolder, "publish", full)
        failed = watch(3)
        assert (failed.code, failed.err.count("this look failed: the disk is full")) == (0, 3)
    assert "2 articles" in watch(1).out


def test_the_commands_say_what_they_did(
    run_command: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "load_embedder", lambda *_, **__: ToyEmbedder())
    monkeypatch.setenv("RAG_INDEX", str(tmp_path / "index"))
    rag_index = partial(run_command, "rag-index")
    refused = rag_index("add", "http://127.0.0.1:9/a")
    assert (refused.code, "which is not public: --allow-private fetches" in refused.err) == (1, True)
    assert rag_index("watch", tmp_path, "--every", "soon").code == 2
    assert rag_index("watch", tmp_path / "none").err == (
        f"error: cannot open {tmp_path}/none: no such file or directory\n"
    )
    (tmp_path / "a.json").write_text(json.dumps({"title": "Tolls", "text": "The tolls rise.", "date": "2025-03-04"}))
    watched = rag_index("watch", tmp_path / "a.json", "--looks", 1)
    assert (watched.code, "1 article in 1 passage" in watched.out) == (0, True)

    def page(handler: BaseHTTPRequestHandler) -> None:
        send(handler, json.dumps({"title": "Wall", "text": "The wall is shut.", "date": "2025-03-05"}).encode())

    with serving({"/a.json": page}) as (base, _):
        added = rag_index("add", f"{base}/a.json", "--allow-private")
    assert (added.code, "2 articles in 2 passages" in added.out) == (0, True)
