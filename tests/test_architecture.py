"""The arrows between the rooms, and the promise that importing costs nothing."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAVY = (
    *("torch", "faiss", "gradio", "sentence_transformers", "transformers", "tiktoken", "numpy", "typer", "rich"),
    *("langchain_core", "llama_index", "openai", "xllamacpp"),
)
# One heavy library, one owner.
OWNERS = {
    "faiss": {"rag/store/vectors.py"},
    "sqlite3": {"rag/store/coverage.py"},
    "sentence_transformers": {"rag/models/embedding.py", "rag/models/reranking.py"},
    "huggingface_hub": {"rag/models/embedding.py"},
    "tiktoken": {"rag/text/tokens.py"},
    "nupunkt": {"rag/text/words.py"},
    "snowballstemmer": {"rag/text/words.py"},
    "filelock": {"rag/store/folder.py"},
    "openai": {"rag/answer/llm/endpoint.py"},
    "httpx2": {"rag/answer/llm/endpoint.py"},
    "xllamacpp": {"rag/answer/llm/local.py"},
    "uvicorn": {"rag/web/serving.py"},
    "fastapi": {"rag/web/serving.py"},
    "langchain_core": {"rag/adapters/langchain.py"},
    "llama_index": {"rag/adapters/llama_index.py"},
    "yaml": {"index/sources/front_matter.py"},
}


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def rooms(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def test_the_library_never_imports_a_program() -> None:
    wrong = {path: rooms(path) & {"index", "app", "tests", "benchmarks"} for path in modules("rag")}
    assert {path: names for path, names in wrong.items() if names} == {}


def test_the_programs_never_import_each_other() -> None:
    assert {path: rooms(path) for path in modules("index") if rooms(path) & {"app", "gradio", "tests"}} == {}
    assert "index" not in rooms(ROOT / "app.py")


def test_only_the_chat_verb_loads_the_page() -> None:
    outside = [path for path in modules("rag") if (ROOT / "rag" / "web") not in path.parents]
    users = [
        str(path.relative_to(ROOT)) for path in outside if any(name.startswith("rag.web") for name in imports(path))
    ]
    assert users == ["rag/cli/main.py"]
    assert [path for path in outside if "gradio" in rooms(path)] == []


def test_each_heavy_library_has_one_owner() -> None:
    for library, owners in OWNERS.items():
        users = {
            str(path.relative_to(ROOT))
            for folder in ("rag", "index")
            for path in modules(folder)
            if library in rooms(path)
        }
        assert users == owners, library


def test_nothing_is_pickled() -> None:
    for path in [*modules("rag"), *modules("index")]:
        assert not rooms(path) & {"pickle", "shelve", "marshal", "joblib", "dill"}, path
        assert "allow_pickle=True" not in path.read_text(encoding="utf-8")


def test_no_room_is_a_lumber_room() -> None:
    names = {path.stem for folder in ("rag", "index") for path in modules(folder)}
    assert not names & {"utils", "util", "base", "core", "common", "manager", "helper", "helpers", "misc"}


def test_importing_the_library_loads_nothing_heavy() -> None:
    script = (
        "import sys, json, rag; from rag import Answerer, Retriever, Scope, IndexNotFound; "
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not set(json.loads(done.stdout)) & set(HEAVY)


def test_every_public_name_is_there() -> None:
    import rag

    assert all(getattr(rag, name).__module__.startswith("rag.") for name in rag.__all__)
    assert dir(rag) == sorted(rag.__all__)


def test_types_are_shipped() -> None:
    assert all((ROOT / package / "py.typed").exists() for package in ("rag", "index"))
