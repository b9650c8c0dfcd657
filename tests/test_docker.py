"""The container's recipe, as far as it can be read without running it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import typer
import yaml

from index.commands import commands as index_commands
from rag.cli.main import commands as rag_commands

ROOT = Path(__file__).parents[1]
RECIPE = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
PROGRAMS = {"rag": rag_commands, "rag-index": index_commands}


def instructions(name: str) -> list[str]:
    return re.findall(rf"^(?:HEALTHCHECK .*)?{name} (.*)$", RECIPE, re.MULTILINE)


def parsed(program: str, verb: str, *options: str) -> dict[str, Any]:
    """The options as the command line reads them; raises for what it does not know."""
    group: Any = typer.main.get_command(PROGRAMS[program])
    return dict(group.commands[verb].make_context(verb, [*options]).params)


def test_the_page_is_started_as_the_command_line_has_it() -> None:
    health, command = (json.loads(one) for one in instructions("CMD"))
    options = parsed(*command)
    assert (options["host"], options["port"], options["log"]) == ("0.0.0.0", 7860, "json")
    assert f":{options['port']}/healthz" in health[-1]
    compile(health[-1], "HEALTHCHECK", "exec")
    page = COMPOSE["services"]["page"]
    assert page["ports"] == [f"127.0.0.1:{options['port']}:{options['port']}"]
    assert (page["read_only"], page["cap_drop"]) == (True, ["ALL"])


def test_the_index_is_built_where_the_page_looks_for_it() -> None:
    build = COMPOSE["services"]["build"]
    [program] = build["entrypoint"]
    assert "index" in parsed(program, *build["command"])
    commented = re.findall(
        r"^# docker compose run --rm build (build.*?)(?:  .*)?$", (ROOT / "compose.yaml").read_text(), re.M
    )
    assert [parsed(program, *shlex.split(one))["sample"] for one in commented] == [True]
    assert "RAG_INDEX=/data/index" in RECIPE
    for service in COMPOSE["services"].values():
        assert "index:/data" in service["volumes"]


def test_nothing_runs_as_root_or_needs_a_network() -> None:
    *_, last = RECIPE.split("\nFROM ")
    assert last.index("\nUSER news") < last.index("\nCMD ")
    environment = set(shlex.split(instructions("ENV")[0]))
    assert {"HF_HUB_OFFLINE=1", "TRANSFORMERS_OFFLINE=1", "GRADIO_ANALYTICS_ENABLED=False"} <= environment
    for copied in (one for line in instructions("COPY") if "--from" not in line for one in line.split()[:-1]):
        assert (ROOT / copied).exists(), copied
        assert f"!{copied}" in (ROOT / ".dockerignore").read_text().splitlines()
