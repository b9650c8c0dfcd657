"""The command line `rag`: ask, verify, search, evaluate, chat and feedback."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer.models import OptionInfo

from rag.cli.terminal import DEFAULT_INDEX, IndexOption, application, read_day, read_last_day, run, say
from rag.models.reading import PACKAGED
from rag.store.scope import Scope

commands = application("Ask questions of news coverage; every sentence of an answer cites a checked paragraph.")

_Question = Annotated[str, typer.Argument(metavar="QUESTION", help="The question, in quotation marks.")]


def _day(flag: str, parser: Callable[[str], date], meaning: str) -> OptionInfo:
    option: OptionInfo = typer.Option(flag, metavar="DAY", parser=parser, help=meaning)
    return option


def _names(flag: str, metavar: str, meaning: str) -> OptionInfo:
    option: OptionInfo = typer.Option(flag, metavar=metavar, help=f"{meaning}; may be repeated.")
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
_Outlets = Annotated[list[str] | None, _names("--outlet", "NAME", "Of this outlet")]
_Authors = Annotated[list[str] | None, _names("--author", "NAME", "By this author")]
_Languages = Annotated[list[str] | None, _names("--language", "CODE", "In this language: fr")]
_NoParse = Annotated[bool, typer.Option("--no-parse-query", help="Read no days, names or phrases in the question.")]
_IGNORED = "Words of the question that were read as a limit, or as a slip, and are none: in March"
_Ignored = Annotated[list[str] | None, _names("--ignore", "WORDS", _IGNORED)]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON, as the README documents it.")]
_GENERATORS = "quotes; openai:MODEL at the server RAG_API_BASE, with the key RAG_API_KEY; local:FILE.gguf."
_Generator = Annotated[str, typer.Option("--generator", envvar="RAG_GENERATOR", metavar="NAME", help=_GENERATORS)]
_READERS = "What reads question and sentence together: packaged; none; a cross-encoder's folder or Hugging Face name."
_Reader = Annotated[str, typer.Option("--reader", envvar="RAG_READER", metavar="NAME", help=_READERS)]
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
    generator: _Generator = "quotes",
    reader: _Reader = PACKAGED,
    after: Annotated[list[str] | None, _names("--after", "QUESTION", "An earlier question, oldest first")] = None,
    as_json: _Json = False,
    form: Annotated[_Format, typer.Option("--format", help="How to print the answer; csl is CSL-JSON.")] = "text",
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep the answer and its articles for rag verify; JSON.")
    ] = None,
) -> None:
    """Answer a question with sentences of the coverage, each with its source; or say that the coverage does not answer.

    Example: rag ask "What did the harbour master propose?" --from 2025-03-01 --outlet "The Ellery Courier"
    """
    scope = _scope(published_from, published_to, outlet, author, language)
    from rag.answer.answerer import Answerer
    from rag.answer.answers import Answer
    from rag.answer.wording import how_it_was_read, searched_instead, skipped_articles
    from rag.record.export.formats import export
    from rag.record.json_output import answer_json
    from rag.record.serialize import checked_record, save_answer
    from rag.search.retriever import checked_question

    if as_json and form not in ("text", "json"):
        raise typer.BadParameter(f"--json prints JSON: leave it away for {form}", param_hint="--format")
    if save:
        checked_record(save)
    questions = [checked_question(one) for one in (*(after or ()), question)]  # before the model is loaded: seconds
    answerer, answers = Answerer.open(index, generator=generator, reader=reader), list[Answer]()
    for one in questions:
        answers.append(
            answerer.answer(
                one,
                scope=scope,
                as_of=as_of,
                parse_query=not no_parse_query,
                ignored=ignore or (),
                after=answers,
            )
        )
    answer = answers[-1]
    if save:
        save_answer(save, answer)
    if as_json or form == "json":
        typer.echo(answer_json(answer))
        return
    if form != "text":
        typer.echo(export(answer, form), nl=False)
        return
    rewritten = f"Rewritten as: {answer.rewritten}" if answer.rewritten else ""
    read = how_it_was_read(answer.parsed, answer.relaxed, answer.held)
    for note in filter(None, (rewritten, searched_instead(answer.corrections), read)):
        say(note)
    say(answer.text)
    if answer.citations:
        say()
    skipped = "" if answer.refused else skipped_articles(answer.searched)
    for note in filter(None, (skipped, answer.notice)):
        say(note)
    for citation in answer.citations:
        where = f", {citation.article.url}" if citation.article.url else ""
        say(f"[{citation.marker}] “{citation.article.title}”, paragraph {citation.paragraph}{where}")


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
    as_json: _Json = False,
) -> None:
    """Find the passages that bear on a question, best first.

    Example: rag search "harbour tolls" --limit 5 --json
    """
    scope = _scope(published_from, published_to, outlet, author, language)
    from rag.answer.wording import also_in, how_it_was_read, origin, skipped_articles
    from rag.record.json_output import search_json
    from rag.search.retriever import Retriever, checked_limit, checked_question

    text, limit = checked_question(question), checked_limit(limit)
    retriever = Retriever.open(index, reranker=reranker)
    found = retriever.search(
        text, limit=limit, scope=scope, as_of=as_of, parse_query=not no_parse_query, ignored=ignore or ()
    )
    if as_json:
        typer.echo(search_json(found))
        return
    for hit in found.hits:
        first, last = hit.passage.paragraphs[0], hit.passage.paragraphs[-1]
        paragraphs = f"paragraph {first}" if first == last else f"paragraphs {first}–{last}"
        say(f"{hit.rank}. {hit.article.title} ({origin(hit.article)}; {paragraphs}; {hit.score:.3f})\n{hit.text}\n")
        if copies := also_in(hit):
            say(f"{copies}\n")
    searched = f"Only this was searched: {found.scope}." if found.scope else ""
    skipped = skipped_articles(retriever.store.summary(found.scope))
    nothing = "" if found.hits else "No article is within these limits."
    for note in filter(None, (how_it_was_read(found.parsed, found.relaxed, scope), searched, skipped, nothing)):
        say(note)


@commands.command()
def evaluate(
    questions: Annotated[
        Path | None, typer.Argument(metavar="QUESTIONS", help="A JSON file.  [default: the sample's]")
    ] = None,
    index: IndexOption = DEFAULT_INDEX,
    scoped: Annotated[bool, typer.Option("--scoped", help="Search within the scope given with each question.")] = False,
    answers: Annotated[bool, typer.Option("--answers", help="Measure answers and refusals instead.")] = False,
    generator: _Generator = "quotes",
    reader: _Reader = PACKAGED,
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


@commands.command()
def chat(
    index: IndexOption = DEFAULT_INDEX,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to serve at.")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, max=65535, help="Port to serve at.  [default: the first free from 7860]"),
    ] = None,
    browser: Annotated[bool, typer.Option("--browser", help="Open the page in the browser.")] = False,
    mcp: Annotated[bool, typer.Option("--mcp", help="Serve tools for language models at /mcp (MCP), too.")] = False,
    generator: _Generator = "quotes",
    reader: _Reader = PACKAGED,
    auth: Annotated[
        Path | None, typer.Option(metavar="users.toml", help="Who may ask; rag password NAME makes a line of it.")
    ] = None,
    auth_header: Annotated[
        str, typer.Option(metavar="HEADER", help="Who asks, as a proxy says that logs users in: X-Forwarded-User.")
    ] = "",
    proxy: Annotated[
        list[str] | None,
        _names("--proxy", "ADDRESS", "The proxy, or its network, whose X-Forwarded-For and --auth-header are believed"),
    ] = None,
    root_path: Annotated[str, typer.Option(metavar="/PATH", help="Where the proxy serves the page: /news.")] = "",
    allow_host: Annotated[
        list[str] | None, _names("--allow-host", "NAME", "Name that the page has in a browser: news.example")
    ] = None,
    rate: Annotated[
        float, typer.Option(metavar="N", help="Requests a second of a client, four times as many at once; 0: any.")
    ] = 10,
    queue: Annotated[int, typer.Option(metavar="N", help="Questions of a client that may wait.")] = 8,
    no_history: Annotated[
        bool, typer.Option("--no-history", help="Keep answers in memory, till the page ends.")
    ] = False,
    log: Annotated[
        Literal["text", "json"] | None, typer.Option(help="Log each request and each question, not what it says.")
    ] = None,
    log_questions: Annotated[bool, typer.Option("--log-questions", help="Log what it says, too.")] = False,
) -> None:
    """Serve the page: ask in a web browser, on this machine.

    Example: rag chat --index data/index --port 7860
    """
    from rag.web.settings import Serving

    serving = Serving(
        host=host,
        port=port,
        root_path=root_path,
        allow_hosts=tuple(allow_host or ()),
        proxies=tuple(proxy or ()),
        auth=auth,
        auth_header=auth_header,
        rate=rate,
        queue=queue,
        history=not no_history,
        mcp=mcp,
        log=log or "",
        log_questions=log_questions,
    )
    from rag.record.keeping import KeptAnswers
    from rag.web.desk import Desk
    from rag.web.metrics import Metrics
    from rag.web.opening import open_latest
    from rag.web.turns import FairTurns

    latest = open_latest(index, generator, reader)
    from rag.web.serving import launch  # imports gradio, for seconds: what is wrong with the index is told before

    kept = KeptAnswers(index, history=not no_history)
    desk = Desk(latest, kept, FairTurns(waiting=queue), Metrics(log_questions=log_questions))
    launch(desk, serving, open_browser=browser)


@commands.command()
def feedback(
    index: IndexOption = DEFAULT_INDEX,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="How many, the newest first.")] = 100,
    as_json: _Json = False,
) -> None:
    """List what readers of the page said of its answers: helpful, wrong citation, out of date.

    Example: rag feedback --index data/index --json
    """
    from rag.answer.wording import origin
    from rag.record.json_output import feedback_json
    from rag.record.keeping import KeptAnswers
    from rag.store.folder import IndexFolder
    from rag.text.display import one_line

    IndexFolder(index).current()  # a mistyped folder is told
    said = KeptAnswers(index).feedbacks(limit)
    if as_json:
        typer.echo(feedback_json(said))
        return
    if not said:
        say(f"no reader has said anything yet of answers from {index}")
    for one in said:
        marker = f" [{one.marker}]" if one.marker else ""
        question = one.answer.question if one.answer else "(the answer is no longer kept)"
        say(f"{one.given_at:%Y-%m-%d %H:%M} UTC  {one.verdict}{marker}  {one_line(question)}")
        if one.claim:
            say(f"    sentence: {one_line(one.claim.text)}")
        if one.citation:
            cited, where = one.citation.article, f"paragraph {one.citation.paragraph}"
            say(f"    cites: “{one_line(cited.title)}” ({one_line(origin(cited))}), {where}")
        if one.comment:
            say(f"    comment: {one.comment}")


@commands.command()
def password(name: Annotated[str, typer.Argument(metavar="NAME", help="Who logs in with it.")]) -> None:
    """Print a user's line for the file that rag chat --auth reads; asks for the password, or reads it from a pipe.

    Example: rag password mara >> users.toml
    """
    from rag.web.auth import user_line

    if sys.stdin.isatty():
        chosen = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        chosen = sys.stdin.readline().rstrip("\r\n")
    typer.echo(user_line(name, chosen))


def _scope(
    first: date | None,
    last: date | None,
    outlets: list[str] | None,
    authors: list[str] | None,
    languages: list[str] | None,
) -> Scope:
    return Scope(first, last, tuple(outlets or ()), tuple(authors or ()), tuple(languages or ()))
