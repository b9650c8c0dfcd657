"""The commands of `rag` about the page: chat serves it, feedback lists what its readers said, password lets them in."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from rag.cli.options import Generator, Json, Reader, repeated
from rag.cli.terminal import DEFAULT_INDEX, IndexOption, say
from rag.models.reading import PACKAGED


def chat(
    index: IndexOption = DEFAULT_INDEX,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to serve at.")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, max=65535, help="Port to serve at.  [default: the first free from 7860]"),
    ] = None,
    browser: Annotated[bool, typer.Option("--browser", help="Open the page in the browser.")] = False,
    mcp: Annotated[bool, typer.Option("--mcp", help="Serve tools for language models at /mcp (MCP), too.")] = False,
    generator: Generator = "quotes",
    reader: Reader = PACKAGED,
    auth: Annotated[
        Path | None, typer.Option(metavar="users.toml", help="Who may ask; rag password NAME makes a line of it.")
    ] = None,
    auth_header: Annotated[
        str, typer.Option(metavar="HEADER", help="Who asks, as a proxy says that logs users in: X-Forwarded-User.")
    ] = "",
    proxy: Annotated[
        list[str] | None,
        repeated("--proxy", "ADDRESS", "Proxy or network whose X-Forwarded-For and --auth-header are believed"),
    ] = None,
    root_path: Annotated[str, typer.Option(metavar="/PATH", help="Where the proxy serves the page: /news.")] = "",
    allow_host: Annotated[
        list[str] | None, repeated("--allow-host", "NAME", "Name that the page has in a browser: news.example")
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
    from rag.web import shell
    from rag.web.serving import launch  # imports gradio, for seconds: what is wrong with the index is told before

    kept = KeptAnswers(index, history=serving.history)
    desk = Desk(latest, kept, FairTurns(waiting=serving.queue), Metrics(log_questions=serving.log_questions))
    more = partial(shell.install, desk=desk, index=index, generator=generator, reader=reader)
    launch(desk, serving, open_browser=browser, more=more)


def feedback(
    index: IndexOption = DEFAULT_INDEX,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="How many, the newest first.")] = 100,
    as_json: Json = False,
) -> None:
    """List what readers of the page said of its answers: helpful, wrong citation, out of date, does not answer.

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
