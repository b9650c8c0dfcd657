"""The arrows between the rooms, and the promise that importing costs nothing."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# What everything is made of, and so may be imported anywhere.
ATOMS = {"rag.articles", "rag.errors"}
# What the modules of a room may import, beside those of their own room: other rooms, or single modules of them.
INNER = {
    "rag.text": set[str](),
    "rag.models": set(),
    "rag.store": {"rag.text", "rag.models"},
    "rag.query": {"rag.text", "rag.store.scope", "rag.store.protocol"},
    "rag.check": {"rag.text", "rag.store.scope", "rag.store.protocol"},
    "rag.search": {"rag.text", "rag.models", "rag.store", "rag.query"},
    "rag.answer": {"rag.text", "rag.models", "rag.store", "rag.query", "rag.check", "rag.search"},
    "rag.record": {"rag.text", "rag.store", "rag.query", "rag.check", "rag.search", "rag.answer"},
}
ARROWS = INNER | {
    "rag.sample": set(),
    "rag.adapters": {*INNER},
    "rag.evaluation": {*INNER},
    "rag.web": {*INNER, "rag.sample"},
    "rag.cli": {*INNER, "rag.sample", "rag.evaluation", "rag.web"},
    "index.articles": {"rag.text"},
    "index.readers": {"index.articles", "index.sources.source", "index.sources.files", "rag.text"},
    "index.sources": {"index.articles", "index.readers"},
    "index.network": {"index.articles", "index.sources"},
    # Questions are checked by asking them.
    "index.suggesting": {*INNER, "rag.sample", "index.questions", "index.name_forms", "index.progress"},
    "index.questions": {"rag.text", "index.name_forms"},
    "index.name_forms": {"rag.text"},
    "index": {"rag.text", "rag.models", "rag.store", "rag.sample", "rag.cli.terminal"},
}
HEAVY = {
    *(
        "torch",
        "faiss",
        "gradio",
        "sentence_transformers",
        "transformers",
        "tiktoken",
        "numpy",
        "tantivy",
        "onnxruntime",
    ),
    *("typer", "rich", "babel", "langchain_core", "llama_index", "openai", "xllamacpp", "mcp"),
}
# One heavy library, one owner: a room, or a module of it.
OWNERS = {
    "rag.store.vectors": "faiss",
    "rag.store": "sqlite3",
    "rag.store.lexical": "tantivy",
    "rag.models": "torch sentence_transformers huggingface_hub onnxruntime tokenizers",
    "rag.text": "tiktoken nupunkt snowballstemmer",
    "rag.answer.llm.endpoint": "openai httpx2",
    "rag.answer.llm.local": "xllamacpp",
    "rag.web": "gradio fastapi uvicorn",
    "rag.web.tools": "mcp",
    "rag.web.metrics": "prometheus_client",
    "rag.adapters.langchain": "langchain_core",
    "rag.adapters.llama_index": "llama_index",
    "index.articles": "yaml charset_normalizer justext",
    "index.readers": "lxml trafilatura htmldate warcio pypdfium2 pyarrow",
    "index.network": "httpcore protego",
}


@cache
def modules() -> dict[str, Path]:
    """All modules of both packages by their dotted names; a package has the name of its folder."""
    paths = [path.relative_to(ROOT) for folder in ("rag", "index") for path in sorted((ROOT / folder).rglob("*.py"))]
    return {".".join(path.with_suffix("").parts).removesuffix(".__init__"): ROOT / path for path in paths}


@cache
def imports(name: str) -> frozenset[str]:
    """What a module imports, anywhere in it and for types only too; "from package import module" is the module."""

    def found() -> Iterator[str]:
        for node in ast.walk(ast.parse(modules()[name].read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{name}: relative import"
                assert node.module, name
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    yield whole if whole in modules() else node.module

    return frozenset(found())


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def room_of(name: str) -> str:
    return next((room for room in ARROWS if within(name, room)), "rag")


def libraries(name: str) -> set[str]:
    return {one.split(".")[0] for one in imports(name)}


@pytest.mark.parametrize("room", ARROWS)
def test_a_room_imports_only_what_its_arrows_allow(room: str) -> None:
    allowed = {room, *ARROWS[room], *ATOMS}
    ours = ("rag", "index", "app", "tests", "benchmarks")
    wrong = [
        f"{name} imports {one}"
        for name in modules()
        if room_of(name) == room
        for one in sorted(imports(name))
        if one.split(".")[0] in ours and not any(within(one, other) for other in allowed)
    ]
    assert wrong == []


def test_every_module_lies_in_a_room() -> None:
    outside = {name for name in modules() if room_of(name) == "rag"}
    assert outside == {"rag", "rag.__main__", *ATOMS}  # at most four modules lie directly in rag/


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set(), "e": {"a", "d"}}) == [["b", "c"]]
    assert circles({name: {one for one in imports(name) if one in modules()} for name in modules()}) == []


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """The strongly connected components of more than one node: those that reach each other."""

    def reached(start: str) -> set[str]:
        seen, waiting = set[str](), [start]
        while waiting:
            for other in graph[waiting.pop()] - seen:
                seen.add(other)
                waiting.append(other)
        return seen

    reach = {name: reached(name) for name in graph}
    found = {
        tuple(sorted(other for other in reach[name] if name in reach[other])) for name in graph if name in reach[name]
    }
    return [list(one) for one in sorted(found)]


def test_no_two_modules_of_rag_and_no_two_classes_have_one_name() -> None:
    files = [path.stem for name, path in modules().items() if within(name, "rag") and path.stem != "__init__"]
    assert sorted(name for name, count in Counter(files).items() if count > 1) == []
    classes = Counter(
        node.name
        for name, path in modules().items()
        if not within(name, "rag.adapters")  # a user has one of the two frameworks, and its NewsRetriever
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert sorted(name for name, count in classes.items() if count > 1) == []


@pytest.mark.parametrize(("owner", "owned"), OWNERS.items())
def test_each_heavy_library_has_one_owner(owner: str, owned: str) -> None:
    for library in owned.split():
        users = [name for name in modules() if library in libraries(name)]
        assert users, library
        assert [name for name in users if not within(name, owner)] == [], library


def test_nothing_is_pickled() -> None:
    for name, path in modules().items():
        assert not libraries(name) & {"pickle", "shelve", "marshal", "joblib", "dill"}, name
        assert "allow_pickle=True" not in path.read_text(encoding="utf-8")


def test_importing_the_library_loads_nothing_heavy() -> None:
    script = (
        "import sys, json, rag; from rag import Answerer, Retriever, Scope, IndexNotFound; "
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert set(json.loads(done.stdout)) & HEAVY == set()


# What an answer takes none of, and would take longer with.
UNASKED = "torch transformers sentence_transformers gradio fastapi scipy sklearn pandas dateparser openai rich lxml"


@pytest.mark.parametrize(
    ("arguments", "unasked"),
    [
        (["ask", "Who raised the tolls?"], f"{UNASKED} cattrs rapidfuzz filelock"),
        (["search", "tolls"], UNASKED),
        (["--help"], f"{UNASKED} numpy faiss onnxruntime tokenizers babel nupunkt rag.answer rag.search"),
    ],
)
def test_a_command_loads_only_what_it_needs(arguments: list[str], unasked: str, sample_index: Path) -> None:
    script = (
        "import sys, json; from rag.cli.main import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    where = [] if arguments == ["--help"] else ["--index", str(sample_index)]
    command = [sys.executable, "-c", script, *arguments, *where]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert set(json.loads(done.stderr)) & set(unasked.split()) == set()


def test_every_public_name_is_there() -> None:
    import rag

    assert all(getattr(rag, name).__module__.startswith("rag.") for name in rag.__all__)
    assert dir(rag) == sorted(rag.__all__)
