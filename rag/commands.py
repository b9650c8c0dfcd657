"""The command line `rag`: ask, search, evaluate and chat."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.scope import Scope
from rag.terminal import DEFAULT_INDEX, IndexOption, application, day, run, say

if TYPE_CHECKING:
    from rag.evaluation.measures import Score

commands = application("Ask questions of news coverage; every sentence of an answer cites a checked paragraph.")

_Question = Annotated[str, typer.Argument(metavar="QUESTION", help="The question, in quotation marks.")]
_From = Annotated[str | None, typer.Option("--from", metavar="DAY", help="Published on this day or later: 2025-03-04.")]
_To = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Published on this day or earlier.")]
_Outlets = Annotated[
    list[str] | None, typer.Option("--outlet", metavar="NAME", help="Of this outlet; may be repeated.")
]
_Authors = Annotated[
    list[str] | None, typer.Option("--author", metavar="NAME", help="By this author; may be repeated.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON, as the README documents it.")]


def main(arguments: list[str] | None = None) -> None:
    """Run `rag`; exits with 0, 1 after an error, 2 for wrong usage."""
    run(commands, "rag", arguments)


@commands.command()
def ask(
    question: _Question,
    index: IndexOption = DEFAULT_INDEX,
    published_from: _From = None,
    published_to: _To = None,
    outlet: _Outlets = None,
    author: _Authors = None,
    as_json: _Json = False,
) -> None:
    """Answer a question with sentences of the coverage, each with its source; or say that the coverage does not answer.

    Example: rag ask "What did the harbour master propose?" --from 2025-03-01 --outlet "The Ellery Courier"
    """
    scope = _scope(published_from, published_to, outlet, author)
    from rag.answering import Answerer
    from rag.records import answer_record
    from rag.retrieval import checked_question

    text = checked_question(question)  # before the model is loaded, which takes seconds
    answer = Answerer.open(index).answer(text, scope=scope)
    if as_json:
        typer.echo(json.dumps(answer_record(answer), ensure_ascii=False, indent=1))
        return
    say(answer.text)
    if answer.citations:
        say()
    for citation in answer.citations:
        where = f", {citation.article.url}" if citation.article.url else ""
        say(f"[{citation.marker}] “{citation.article.title}”, paragraph {citation.paragraph}{where}")


@commands.command()
def search(
    question: _Question,
    index: IndexOption = DEFAULT_INDEX,
    published_from: _From = None,
    published_to: _To = None,
    outlet: _Outlets = None,
    author: _Authors = None,
    limit: Annotated[int, typer.Option(metavar="N", help="How many passages.")] = 10,
    as_json: _Json = False,
) -> None:
    """Find the passages that bear on a question, best first.

    Example: rag search "harbour tolls" --limit 5 --json
    """
    scope = _scope(published_from, published_to, outlet, author)
    from rag.answering import origin
    from rag.records import hit_record
    from rag.retrieval import Retriever, checked_limit, checked_question

    text, limit = checked_question(question), checked_limit(limit)
    hits = Retriever.open(index).retrieve(text, limit=limit, scope=scope)
    if as_json:
        typer.echo(json.dumps({"hits": [hit_record(hit) for hit in hits]}, ensure_ascii=False, indent=1))
        return
    for hit in hits:
        first, last = hit.passage.paragraphs[0], hit.passage.paragraphs[-1]
        paragraphs = f"paragraph {first}" if first == last else f"paragraphs {first}–{last}"
        say(f"{hit.rank}. {hit.article.title} ({origin(hit.article)}; {paragraphs}; {hit.score:.3f})")
        say(f"{hit.text}\n")
    if not hits:
        say(f"no article is within these limits ({scope})")


@commands.command()
def evaluate(
    questions: Annotated[
        Path | None, typer.Argument(metavar="QUESTIONS", help="A JSON file.  [default: the sample's]")
    ] = None,
    index: IndexOption = DEFAULT_INDEX,
    scoped: Annotated[bool, typer.Option("--scoped", help="Search within the scope given with each question.")] = False,
) -> None:
    """Measure how much of the evidence is found in the first 2,000 words, by type of question.

    Example: rag evaluate questions_dev.json --index data/index
    """
    from rich.console import Console
    from rich.table import Table

    from rag.evaluation.measures import WORDS
    from rag.evaluation.measures import evaluate as score_all
    from rag.evaluation.questions import read_questions
    from rag.retrieval import Retriever
    from rag.sample import QUESTIONS

    asked = read_questions(questions or QUESTIONS)
    retriever = Retriever.open(index)
    scores = score_all(retriever, asked, scoped=scoped)
    if not scores:
        raise ValueError(f"{questions} has no question with facts to be found")
    table = Table("type", box=None, pad_edge=False)
    for heading in ("questions", f"fact recall in {WORDS:,} words", "all facts"):
        table.add_column(heading, justify="right")
    by_type: dict[str, list[Score]] = {}
    for one in scores:
        by_type.setdefault(one.type, []).append(one)
    for name, group in [*sorted(by_type.items()), ("all", scores)]:
        recall = sum(one.fact_recall for one in group) / len(group)
        whole = sum(one.all_facts for one in group) / len(group)
        table.add_row(name, f"{len(group):,}", f"{recall:.3f}", f"{whole:.3f}")
    Console(markup=False, highlight=False).print(table)
    say(f"left out because they name no evidence: {len(asked) - len(scores):,}")
    if not any(one.fact_recall for one in scores):
        say("none of the evidence was found: are these questions about the articles of this index?", error=True)
    say(f"snapshot {retriever.snapshot.id}, model {retriever.snapshot.manifest.model.name}")


@commands.command()
def chat(
    index: IndexOption = DEFAULT_INDEX,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to serve at.")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, max=65535, help="Port to serve at.  [default: the first free from 7860]"),
    ] = None,
    browser: Annotated[bool, typer.Option("--browser", help="Open the page in the browser.")] = False,
) -> None:
    """Serve the page: ask in a web browser, on this machine.

    Example: rag chat --index data/index --port 7860
    """
    from rag.answering import Answerer
    from rag.page import launch

    launch(Answerer.open(index), host=host, port=port, open_browser=browser)


def _scope(
    published_from: str | None, published_to: str | None, outlets: list[str] | None, authors: list[str] | None
) -> Scope:
    return Scope(
        published_from=day(published_from, "--from"),
        published_to=day(published_to, "--to"),
        outlets=tuple(outlets or ()),
        authors=tuple(authors or ()),
    )
