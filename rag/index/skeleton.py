"""The graphs of all-MiniLM-L6-v2 without weights, as ONNX: ``python -m rag.index.skeleton`` writes them anew.

Needs ``onnx`` (a development dependency). The weights of the float32 graph have the names and the layout of the model's
safetensors file (hence ``transB``), so that :mod:`rag.index.minilm` can hand the file's own memory to ONNX Runtime;
those of the int8 graph are made at load by :mod:`rag.index.quantising`.
Architecture: BERT (Devlin et al. 2019), 6 layers, 12 heads of 32, then sentence-transformers' mean pooling and L2 norm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.index.ranges import RANGES, Range

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto

SKELETON = Path(__file__).with_name("minilm-l6-v2.onnx")
SKELETON_INT8 = Path(__file__).with_name("minilm-l6-v2-int8.onnx")
WIDTH, INNER, HEADS, LAYERS = 384, 1536, 12, 6  # the model's config.json
POSITIONS, KINDS = 512, 2
EPSILON = 1e-12  # of every layer normalisation
OPSET, IR = 20, 9  # Gelu is an operator since opset 20
ONNX_RUNTIME = "com.microsoft"  # the domain of its own operators
MIDDLE, LEVELS = 128, 127  # where zero is in a byte, and how many steps there are on either side
LOW = 24  # where zero is in the bytes of what Gelu gave, which is -0.17 at least
GELU_LEAST = 0.17
LEAST = 1e-12  # so that a row of zeros can be divided


def skeleton() -> ModelProto:
    """Return the graph from ``words`` (length, n, 384) and int64 ``mask`` (n, length) to unit ``vectors`` (n, 384).

    Words are looked up outside, in the mapped file: inside, ONNX Runtime would hold a copy of the 47 MB table. They
    come place by place, all texts' first words first: so the products of attention read what the layer before wrote,
    and nothing is turned over in between.
    """
    return _drafted(_Draft())


def skeleton_int8() -> ModelProto:
    """Return the same graph with products of bytes: of weights in int8, and of rows in 255 steps.

    What goes into attention and comes out of it varies little, and has ranges of its own (:mod:`rag.index.ranges`).
    Other rows are measured one by one: ``DynamicQuantizeMatMul`` takes one step size for a whole run, and a text's
    vector would depend on the texts beside it. Compared with measuring every row, with zero in the middle: 0.84 of the
    time, and nearer to float32 (2026-11-22: cosine .9983 instead of .9978 on passages, .9959 instead of .9944 on odd
    texts).
    """
    return _drafted(_Int8Draft())


def _drafted(draft: _Draft) -> ModelProto:
    from onnx import TensorProto, helper

    x = _embedding(draft)
    draft.begin(x)
    hidden_mask = _attention_mask(draft)
    for number in range(LAYERS):
        x = _layer(draft, f"encoder.layer.{number}", x, hidden_mask)
    _pooling(draft, x)
    words = helper.make_tensor_value_info("words", TensorProto.FLOAT, ["length", "n", WIDTH])
    mask = helper.make_tensor_value_info("mask", TensorProto.INT64, ["n", "length"])
    vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["n", WIDTH])
    graph = helper.make_graph(draft.nodes, "minilm-l6-v2", [words, mask], [vectors], initializer=draft.initializers)
    opsets = [helper.make_opsetid("", OPSET), *(helper.make_opsetid(domain, 1) for domain in draft.domains)]
    return helper.make_model(graph, producer_name="seminar", opset_imports=opsets, ir_version=IR)


class _Draft:
    """Collects nodes and initializers; every node's output is named after the order it came in."""

    domains: tuple[str, ...] = (ONNX_RUNTIME,)

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []

    def node(self, operator: str, *inputs: str, output: str = "", **attributes: object) -> str:
        from onnx import helper

        output = output or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def weight(self, name: str, *shape: int, int8: bool = False) -> str:
        """Declare a tensor whose values come at load."""
        from onnx import TensorProto

        tensor = TensorProto(name=name, data_type=TensorProto.INT8 if int8 else TensorProto.FLOAT, dims=shape)
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="model.safetensors")
        self.initializers.append(tensor)
        return name

    def constant(self, name: str, values: list[int] | list[float] | float) -> str:
        import numpy as np
        from onnx import numpy_helper

        array = np.asarray(values)
        self.initializers.append(
            numpy_helper.from_array(array.astype(np.int64 if array.dtype.kind == "i" else np.float32), name)
        )
        return name

    def branch(self, name: str, drawn: Callable[[], str]) -> GraphProto:
        """Return what ``drawn`` draws as a graph of its own, which sees what was drawn before."""
        from onnx import TensorProto, helper

        before, self.nodes = self.nodes, []
        output = drawn()
        nodes, self.nodes = self.nodes, before
        own = {node.output[0]: f"{name}.{node.output[0]}" for node in nodes}
        for node in nodes:
            node.input[:] = [own.get(each, each) for each in node.input]
            node.output[:] = [own[each] for each in node.output]
        return helper.make_graph(nodes, name, [], [helper.make_tensor_value_info(own[output], TensorProto.FLOAT, None)])

    def begin(self, x: str) -> None:
        """Be told of the rows that all layers take."""

    def linear(self, name: str, x: str, inputs: int, outputs: int) -> str:
        weight, bias = self.weight(f"{name}.weight", outputs, inputs), self.weight(f"{name}.bias", outputs)
        return self.node("Gemm", x, weight, bias, transB=1)

    def attended(self, name: str, x: str) -> Sequence[str]:
        """Return query, key and value, each (length, n, heads, 32)."""
        return [
            self.node("Reshape", self.linear(f"{name}.{part}", x, WIDTH, WIDTH), "by_head")
            for part in ("query", "key", "value")
        ]

    def gelu(self, x: str) -> str:
        return self.node("Gelu", x)

    def normal(self, name: str, x: str) -> str:
        scale, bias = self.weight(f"{name}.weight", WIDTH), self.weight(f"{name}.bias", WIDTH)
        return self.node("LayerNormalization", x, scale, bias, axis=-1, epsilon=EPSILON)


class _Int8Draft(_Draft):
    """Multiplies in bytes. Rows that go into several products are turned to bytes once."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes: dict[str, tuple[str, str, str]] = {}

    def begin(self, x: str) -> None:
        count = self.node("Shape", x, end=1)
        for name, zero in (("middle", MIDDLE), ("low", LOW)):
            self.byte(name, zero)
            self.node("Expand", name, count, output=f"{name}s")
        self.constant("level", 1 / LEVELS)
        self.constant("least", LEAST)
        self.constant("level_above", 1 / (2 * LEVELS + 1 - LOW))
        self.constant("least_above", GELU_LEAST / LOW)
        self.constant("end", [-1])

    def byte(self, name: str, value: int) -> str:
        """Declare one byte."""
        import numpy as np
        from onnx import numpy_helper

        self.initializers.append(numpy_helper.from_array(np.array(value, dtype=np.uint8), name))
        return name

    def linear(self, name: str, x: str, inputs: int, outputs: int) -> str:
        weight = self.weight(f"{name}.weight.int8", inputs, outputs, int8=True)
        steps, bias = self.weight(f"{name}.weight.steps", outputs), self.weight(f"{name}.bias", outputs)
        of_layer, _, layer = name.removeprefix("encoder.layer.").partition(".")
        if (known := RANGES.get(layer.rpartition(".")[0] if ".self." in layer else layer)) is not None:
            rows, step, zero = self.within(x, known[int(of_layer)])
            return self.node("MatMulIntegerToFloat", rows, weight, step, steps, zero, "", bias, domain=ONNX_RUNTIME)
        measured = self.above if layer == "output.dense" else self.around
        rows, row_steps, zero = measured(x)
        product = self.node("MatMulIntegerToFloat", rows, weight, "unit", steps, zero, domain=ONNX_RUNTIME)
        return self.node("Add", self.node("Mul", product, self.node("Unsqueeze", row_steps, "end")), bias)

    def within(self, x: str, known: Range) -> tuple[str, str, str]:
        """Return rows as bytes of a known step and zero, and these two."""
        if x not in self._bytes:
            step, zero = self.constant(f"{x}_step", known.step), self.byte(f"{x}_zero", known.zero)
            self._bytes[x] = self.node("QuantizeLinear", x, step, zero), step, zero
        return self._bytes[x]

    def around(self, x: str) -> tuple[str, str, str]:
        """Return rows as bytes around the middle, each row's step, and the middle."""
        largest = self.node("Max", self.node("ReduceMax", self.node("Abs", x), "end", keepdims=0), "least")
        row_steps = self.node("Mul", largest, "level")
        return self.node("QuantizeLinear", x, row_steps, "middles", axis=0), row_steps, "middle"

    def above(self, x: str) -> tuple[str, str, str]:
        """Return rows that Gelu gave as bytes, each row's step, and where zero is: most bytes are for what is above."""
        largest = self.node("Mul", self.node("ReduceMax", x, "end", keepdims=0), "level_above")
        row_steps = self.node("Max", largest, "least_above")
        return self.node("QuantizeLinear", x, row_steps, "lows", axis=0), row_steps, "low"

    def gelu(self, x: str) -> str:
        return self.node("FastGelu", x, domain=ONNX_RUNTIME)  # by tanh: finer than a byte


def _embedding(draft: _Draft) -> str:
    """Sum word, position and (always the first) kind; rows of all texts, place by place: (length * n, 384)."""
    length, texts = draft.node("Shape", "mask", start=1, end=2), draft.node("Shape", "mask", start=0, end=1)
    zero, one = draft.constant("zero", [0]), draft.constant("one", [1])
    table = draft.weight("embeddings.position_embeddings.weight", POSITIONS, WIDTH)
    positions = draft.node("Unsqueeze", draft.node("Slice", table, zero, length, zero), one)
    kind = draft.node("Slice", draft.weight("embeddings.token_type_embeddings.weight", KINDS, WIDTH), zero, one, zero)
    total = draft.node("Add", "words", draft.node("Add", positions, kind))
    rows = draft.node("Reshape", total, draft.constant("rows", [-1, WIDTH]))
    draft.node("Concat", length, texts, draft.constant("heads", [HEADS, WIDTH // HEADS]), output="by_head", axis=0)
    draft.node("Concat", length, texts, draft.constant("width", [WIDTH]), output="by_place", axis=0)
    return draft.normal("embeddings.LayerNorm", rows)


def _attention_mask(draft: _Draft) -> str:
    """Make padding weigh nothing: 0 where there is text, -1e9 where there is not; (n, 1, 1, length).

    Most runs are of one text, and have none: there it is not even added, a thirtieth of the time.
    """
    draft.node("Cast", "mask", output="present", to=1)
    absent = draft.node("Sub", draft.constant("unit", 1.0), "present")
    draft.node("Greater", draft.node("ReduceMax", absent, keepdims=0), draft.constant("none", 0.0), output="padded")
    return draft.node(
        "Unsqueeze", draft.node("Mul", absent, draft.constant("never", -1e9)), draft.constant("inner", [1, 2])
    )


def _layer(draft: _Draft, name: str, x: str, mask: str) -> str:
    query, key, value = draft.attended(f"{name}.attention.self", x)
    # transBatch: (length, n, heads, 32) is read as (n, heads, length, 32).
    scores = draft.node(
        "FusedMatMul",
        query,
        key,
        domain=ONNX_RUNTIME,
        alpha=(WIDTH / HEADS) ** -0.5,
        transB=1,
        transBatchA=1,
        transBatchB=1,
    )
    masked = draft.branch(f"{name}.masked", lambda: _shared(draft, draft.node("Add", scores, mask), value))
    whole = draft.branch(f"{name}.whole", lambda: _shared(draft, scores, value))
    context = draft.node("If", "padded", then_branch=masked, else_branch=whole)
    context = draft.node("Reshape", draft.node("Transpose", context, perm=[2, 0, 1, 3]), "rows")
    attended = draft.linear(f"{name}.attention.output.dense", context, WIDTH, WIDTH)
    x = draft.normal(f"{name}.attention.output.LayerNorm", draft.node("Add", attended, x))
    inner = draft.gelu(draft.linear(f"{name}.intermediate.dense", x, WIDTH, INNER))
    outer = draft.linear(f"{name}.output.dense", inner, INNER, WIDTH)
    return draft.normal(f"{name}.output.LayerNorm", draft.node("Add", outer, x))


def _shared(draft: _Draft, scores: str, value: str) -> str:
    """Return what each place takes of the others' values, by its scores; (n, heads, length, 32)."""
    shares = draft.node("Softmax", scores, axis=-1)
    return draft.node("FusedMatMul", shares, value, domain=ONNX_RUNTIME, transBatchB=1)


def _pooling(draft: _Draft, x: str) -> None:
    """Average the rows of the text that is there, and bring the average to length 1."""
    by_place = draft.node("Transpose", "present", perm=[1, 0])
    present = draft.node("Unsqueeze", by_place, draft.constant("last", [2]))
    kept = draft.node("Mul", draft.node("Reshape", x, "by_place"), present)
    mean = draft.node(
        "Div", draft.node("ReduceSum", kept, "zero", keepdims=0), draft.node("ReduceSum", present, "zero", keepdims=0)
    )
    draft.node("LpNormalization", mean, output="vectors", axis=-1, p=2)


if __name__ == "__main__":
    SKELETON.write_bytes(skeleton().SerializeToString(deterministic=True))
    SKELETON_INT8.write_bytes(skeleton_int8().SerializeToString(deterministic=True))
