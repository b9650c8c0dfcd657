"""The command line `rag`: ask, verify, search and evaluate; and, of ``page.py``, chat, feedback and password."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer.models import OptionInfo

from rag.cli.options import Generator, Json, Reader, repeated
from rag.cli.page import chat, feedback, password
from rag.cli.terminal import DEFAULT_INDEX, IndexOption, application, read_day, read_last_day, run, say, uncollected
from rag.errors import RagError
from rag.models.reading import PACKAGED
from rag.store.scope import Scope
from rag.web.resident import ShellQuestion, Shown, ask_resident, settings

commands = application("Ask questions of news coverage; every sentence of an answer cites a checked paragraph.")

_Question = Annotated[str, typer.Argument(metavar="QUESTION", help="The question, in quotation marks.")]


def _day(flag: str, parser: Callable[[str], date], meaning: str) -> OptionInfo:
    option: OptionInfo = typer.Option(flag, metavar="DAY", parser=parser, help=meaning)
    return option


_From = Annotated[date | None, _day("--from", read_day, "First day of publication: 2025-03-04, or 2025-03, or 2025.")]
_To = Annotated[date | None, _day("--to", read_last_day, "Last day of publication.")]
_AsOf = Annotated[
    date | None,
    _day(
        "--as-of",
        read_last_day,
        "Day of the question.  [default: today, or the newest article's, if over 30 days old]",
    ),
]
_Outlets = Annotated[list[str] | None, repeated("--outlet", "NAME", "Of this outlet")]
_Authors = Annotated[list[str] | None, repeated("--author", "NAME", "By this author")]
_Languages = Annotated[list[str] | None, repeated("--language", "CODE", "In this language: fr")]
_NoParse = Annotated[bool, typer.Option("--no-parse-query", help="Read no days, names or phrases in the question.")]
_IGNORED = "Words of the question that were read as a limit, or as a slip, and are none: in March"
_Ignored = Annotated[list[str] | None, repeated("--ignore", "WORDS", _IGNORED)]
_Format = Literal["text", "json", "markdown", "html", "csl", "bibtex"]


def main(arguments: list[str] | None = None) -> None:
    """Run `rag`; exits with 0, 1 after an error, 2 for wrong usage, 3 when citations no longer hold."""
    run(commands, "rag", arguments)


@commands.command()
def ask(
    question: _Question,
    index: IndexOption = DEFAULT_INDEX,
    published_from: _From = None,
    published_to: _To = None,
    outlet: _Outlets = None,
    author: _Authors = None,
    language: _Languages = None,
    as_of: _AsOf = None,
    no_parse_query: _NoParse = False,
    ignore: _Ignored = None,
    generator: Generator = "quotes",
    reader: Reader = PACKAGED,
    after: Annotated[list[str] | None, repeated("--after", "QUESTION", "An earlier question, oldest first")] = None,
    as_json: Json = False,
    form: Annotated[_Format, typer.Option("--format", help="How to print the answer; csl is CSL-JSON.")] = "text",
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep the answer and its articles for rag verify; JSON.")
    ] = None,
) -> None:
    """Answer a question with sentences of the coverage, each with its source; or say that the coverage does not answer.

    Example: rag ask "What did the harbour master propose?" --from 2025-03-01 --outlet "The Ellery Courier"
    """
    scope = _scope(published_from, published_to, outlet, author, language)
    if as_json and form not in ("text", "json"):
        raise typer.BadParameter(f"--json prints JSON: leave it away for {form}", param_hint="--format")
    form = "json" if as_json else form
    if save:
        from rag.record.serialize import checked_record, save_record

        checked_record(save)
    asked = _as_sent(question, scope, as_of, no_parse_query, ignore, form)
    asked = replace(asked, before=tuple(after or ()), recorded=save is not None)
    shown = ask_resident(index, asked, lambda: settings(generator, reader))
    shown = shown or _answered(asked, scope, as_of, index, generator, reader)
    if save:
        save_record(save, shown.record)
    _print(shown, form)


@commands.command()
def verify(
    record: Annotated[Path, typer.Argument(metavar="FILE", help="An answer that rag ask … --save FILE kept.")],
    index: IndexOption = DEFAULT_INDEX,
) -> None:
    """Say which citations of a kept answer still hold in the index; ends with exit code 3 when some do not.

    Example: rag verify tolls.json --index data/index
    """
    from rag.record.recheck import recheck
    from rag.record.serialize import read_answer
    from rag.store.snapshot import Snapshot

    checked = recheck(read_answer(record), Snapshot.open(index))
    for one in checked.citations:
        say(str(one))
    for claim in checked.affected:
        say(f"not all that it cites holds, or can be checked: {claim.text}")
    say(str(checked) if checked.citations else "the answer is a refusal: it cites nothing")
    if not checked.holds:
        raise typer.Exit(3)


@commands.command()
def search(
    question: _Question,
    index: IndexOption = DEFAULT_INDEX,
    published_from: _From = None,
    published_to: _To = None,
    outlet: _Outlets = None,
    author: _Authors = None,
    language: _Languages = None,
    limit: Annotated[int, typer.Option(metavar="N", help="How many passages.")] = 10,
    as_of: _AsOf = None,
    no_parse_query: _NoParse = False,
    ignore: _Ignored = None,
    reranker: Annotated[
        str | None, typer.Option(metavar="NAME", help="Cross-encoder: a Hugging Face name or a folder.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Find the passages that bear on a question, best first.

    Example: rag search "harbour tolls" --limit 5 --json
    """
    form = "json" if as_json else "text"
    scope = _scope(published_from, published_to, outlet, author, language)
    asked = replace(_as_sent(question, scope, as_of, no_parse_query, ignore, form), limit=limit)
    shown = ask_resident(index, asked, settings) if limit > 0 and not reranker else None
    _print(shown or _searched(asked, scope, as_of, index, reranker), form)


@commands.command()
def evaluate(
    questions: Annotated[
        Path | None, typer.Argument(metavar="QUESTIONS", help="A JSON file.  [default: the sample's]")
    ] = None,
    index: IndexOption = DEFAULT_INDEX,
    scoped: Annotated[bool, typer.Option("--scoped", help="Search within the scope given with each question.")] = False,
    answers: Annotated[bool, typer.Option("--answers", help="Measure answers and refusals instead.")] = False,
    generator: Generator = "quotes",
    reader: Reader = PACKAGED,
) -> None:
    """Measure how much of the evidence is found in the first 2,000 words, and more, by type of question.

    Example: rag evaluate questions_dev.json --index data/index
    """
    from rag.evaluation.questions import read_questions
    from rag.evaluation.report import report_answers, report_retrieval
    from rag.sample import QUESTIONS

    path = questions or QUESTIONS
    everything = read_questions(path)
    if answers:
        say(report_answers(everything, index, generator, reader, scoped=scoped))
        return
    if not any(question.answerable for question in everything):
        raise ValueError(f"{path} has no question with facts or articles to be found")
    say(report_retrieval(everything, index, scoped=scoped))


def _answered(
    asked: ShellQuestion, scope: Scope, as_of: date | None, index: Path, generator: str, reader: str
) -> Shown:
    with uncollected():
        _begin_loading(index, reader)
        from rag.answer.answerer import Answerer
        from rag.answer.answers import Answer
        from rag.record.shown import shown_answer
        from rag.search.retriever import checked_question

        questions = [checked_question(one) for one in (*asked.before, asked.question)]
        answerer, answers = Answerer.open(index, generator=generator, reader=reader), list[Answer]()
        for one in questions:
            answer = answerer.answer(
                one,
                scope=scope,
                as_of=as_of,
                parse_query=asked.parse_query,
                ignored=asked.ignored,
                after=answers,
            )
            answers.append(answer)
        record = ""
        if asked.recorded:
            from rag.record.serialize import to_json

            record = to_json(answer)
        return Shown(shown_answer(answer, asked.form), record)


def _searched(asked: ShellQuestion, scope: Scope, as_of: date | None, index: Path, reranker: str | None) -> Shown:
    with uncollected():
        _begin_loading(index, "none")
        from rag.record.shown import shown_search
        from rag.search.retriever import Retriever, checked_limit, checked_question

        text, limit = checked_question(asked.question), checked_limit(asked.limit)
        retriever = Retriever.open(index, reranker=reranker)
        found = retriever.search(
            text, limit=limit, scope=scope, as_of=as_of, parse_query=asked.parse_query, ignored=asked.ignored
        )
        return Shown(shown_search(found, scope, retriever.store.summary(found.scope), asked.form))


def _begin_loading(index: Path, reader: str) -> None:
    """Have the models loaded by threads while all the rest is imported, which takes as long."""
    from rag.models.embedding import begin_embedder
    from rag.models.reading import begin_reader
    from rag.store.folder import IndexFolder

    with suppress(RagError):  # told when it is opened
        folder = IndexFolder(index)
        current = folder.current()
        begin_embedder(folder.manifest(current.id, current.manifest).model.name)
        begin_reader(reader)


def _as_sent(
    question: str, scope: Scope, as_of: date | None, no_parse_query: bool, ignored: list[str] | None, form: str
) -> ShellQuestion:
    days = (scope.published_from, scope.published_to, as_of)
    first, last, day = (one.isoformat() if one else "" for one in days)
    names = scope.outlets, scope.authors, scope.languages
    return ShellQuestion(question, (first, last), *names, day, not no_parse_query, tuple(ignored or ()), form)


def _print(shown: Shown, form: str) -> None:
    if form == "text":
        say(shown.text)
    else:
        typer.echo(shown.text)


def _scope(
    first: date | None,
    last: date | None,
    outlets: list[str] | None,
    authors: list[str] | None,
    languages: list[str] | None,
) -> Scope:
    return Scope(first, last, tuple(outlets or ()), tuple(authors or ()), tuple(languages or ()))


for command in (chat, feedback, password):
    commands.command()(command)
