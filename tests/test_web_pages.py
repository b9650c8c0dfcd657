"""The addresses of the page: the start, articles, and kept answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag import Answerer
from rag.record.export.formats import export
from rag.record.keeping import FeedbackVerdict, KeptAnswers
from rag.web.answer_pages import add_kept_answers
from rag.web.desk import Desk, LatestAnswerer
from rag.web.pages import add_pages
from tests.markup import Html
from tests.toy import HARBOUR, PROTEST, ToyEmbedder, build_index

QUESTION = "Who raised the tolls in Port Ellery?"


class Site:
    """The pages over an index, as they are asked for."""

    def __init__(self, index: Path) -> None:
        self.index = index
        latest = LatestAnswerer(lambda: Answerer.open(index, embedder=ToyEmbedder(), reader="none"))
        self.desk = Desk(latest, KeptAnswers(index if index.exists() else None, history=index.exists()))
        application = FastAPI()
        add_pages(application, self.desk)
        add_kept_answers(application, self.desk)
        self.client = TestClient(application, root_path="/news")

    def get(self, path: str) -> Html:
        response = self.client.get(path)
        assert response.status_code == 200, response.text
        return Html(response.text)

    def keep(self, question: str = QUESTION, owner: str = "me") -> str:
        id_ = self.desk.kept.keep(self.desk.latest.get().answer(question), owner)
        assert id_
        return id_


@pytest.fixture
def site(tmp_path: Path) -> Site:
    build_index(tmp_path / "index", [HARBOUR, PROTEST])
    return Site(tmp_path / "index")


def test_the_start_says_what_there_is_and_what_can_be_limited(site: Site) -> None:
    html = site.get("/")
    assert html.texts("h1", "h2", "h3")[:3] == ["news-rag", "Conversations", "What do you want to know?"]
    assert "The index holds 2 articles of 2 outlets" in html.text
    assert html.texts("bdi")[:2] == ["Strand Radio", "The Ellery Courier"]
    assert {one.split("/")[1] for one in html.values("href", "a", "link")} == {"news"}  # where it is served
    assert html.text.count("{{") == 0


def test_a_page_without_an_index_waits_for_one(tmp_path: Path) -> None:
    site = Site(tmp_path / "index")
    html = site.get("/")
    assert html.texts("h2")[1] == "There is no index to ask yet"
    assert html.texts(".lead")[0].startswith(f"No index at {site.index}: build one with rag-index build PATH")
    assert html.all("textarea") == []
    response = site.client.get("/articles")
    assert (response.status_code, response.json()["detail"][:11]) == (503, "no index at")


def test_articles_are_listed_and_shown_whole(site: Site) -> None:
    html = site.get("/articles?words=quay")
    assert [one for one in html.values("href", "a") if "/articles/" in one] == [f"/news/articles/{PROTEST.id}"]
    address = f"/articles/{HARBOUR.id}?version={HARBOUR.version}&cited=1.0-11,9.0-5,x"
    assert site.get(address).texts("mark") == [HARBOUR.paragraphs[0][:11]]
    part = site.client.get(address, headers={"x-part": "article"}).text
    assert (part[:9], part[-10:]) == ("<article ", "</article>")
    for missing in ("/articles/0123", f"/articles/{HARBOUR.id}?version=0"):
        assert site.client.get(missing).status_code == 404


def test_a_kept_answer_is_shown_with_whether_it_still_holds(site: Site) -> None:
    id_ = site.keep()
    html = site.get(f"/a/{id_}")
    assert html.texts(".asked")[0] == QUESTION
    [remark] = html.texts(".remark")
    assert "still hold" in remark
    assert html.values("href", ".again") == ["/news/?q=Who+raised+the+tolls+in+Port+Ellery%3F"]
    build_index(site.index, [PROTEST])
    [remark] = site.get(f"/a/{id_}").texts(".remark")
    assert "cannot be checked" in remark
    again = site.client.get(f"/a/{id_}/turn?turn=t3").json()
    assert (again["id"], again["whole"]) == (id_, True)
    assert 'id="t3"' in again["turn"]
    assert site.client.get(f"/a/{id_}/turn?turn=<b>").status_code == 422
    assert site.client.get("/a/nothing").status_code == 404


@pytest.mark.parametrize(
    ("name", "form"),
    [("answer.md", "markdown"), ("answer.html", "html"), ("answer.csl.json", "csl"), ("answer.bib", "bibtex")],
)
def test_a_kept_answer_is_exported_as_a_file(site: Site, name: str, form: str) -> None:
    id_ = site.keep()
    response = site.client.get(f"/a/{id_}/{name}")
    kept = site.desk.kept.read(id_)
    assert kept
    assert response.text == export(kept.answer, form)
    file = name.replace("answer", "who-raised-the-tolls-in-port-ellery")
    assert response.headers["content-disposition"] == f'attachment; filename="{file}"'
    assert site.client.get(f"/a/{id_}/answer.exe").status_code == 404


def test_what_readers_say_is_kept_and_an_owner_may_delete(site: Site) -> None:
    id_ = site.keep()
    said = {"verdict": "wrong citation", "marker": 1, "comment": "It says <b>eight</b>."}
    assert site.client.post(f"/a/{id_}/feedback", json=said).status_code == 204
    for wrong in ({"verdict": "lovely"}, said | {"comment": "x" * 2001}, said | {"marker": 99}):
        assert site.client.post(f"/a/{id_}/feedback", json=wrong).status_code == 422, wrong
    assert site.client.post("/a/nothing/feedback", json=said).status_code == 404
    [one] = site.desk.kept.feedbacks()
    assert (one.verdict, one.marker, one.comment) == (FeedbackVerdict.WRONG_CITATION, 1, "It says <b>eight</b>.")
    for owner, status in (("somebody else", 404), ("me", 204), ("me", 404)):
        assert site.client.delete(f"/a/{id_}", headers={"x-owner": owner}).status_code == status
