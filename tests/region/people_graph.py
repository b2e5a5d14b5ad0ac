"""A network that finds "people" by colour and looks like the real one: blue is presence, green a hand up."""

import hashlib
import json
import math
from pathlib import Path

import cv2
import numpy as np

from gesturelrcn.region.people_network import CELL, HEIGHT, WIDTH

UNIT = 24
"""Of everybody, in pixels of the network."""


def write_graph(folder: Path, name: str = "colours", unit: float = UNIT) -> Path:
    """The network and its card in `folder`; returns the ONNX file. Needs the package onnx."""
    from onnx import TensorProto, checker, helper

    rows, columns = HEIGHT // CELL, WIDTH // CELL
    channel = [1, 1, rows, columns]

    def constant(name: str, value: float, shape: list[int]):
        return helper.make_tensor(name, TensorProto.FLOAT, shape, [value] * math.prod(shape))

    def bounds(name: str, number: int):
        return helper.make_tensor(name, TensorProto.INT64, [1], [number])

    nodes = [
        helper.make_node("Transpose", ["frame"], ["first"], perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["first"], ["grey"], to=TensorProto.FLOAT),
        helper.make_node("AveragePool", ["grey"], ["cells"], kernel_shape=[CELL, CELL], strides=[CELL, CELL]),
        helper.make_node("Div", ["cells", "white"], ["shares"]),
        helper.make_node("Slice", ["shares", "zero", "one", "one"], ["presence"]),
        helper.make_node("Slice", ["shares", "one", "two", "one"], ["raised"]),
        helper.make_node("Concat", ["presence", "x", "y", "size", "raised"], ["people"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "colours",
        [helper.make_tensor_value_info("frame", TensorProto.UINT8, [1, HEIGHT, WIDTH, 3])],
        [helper.make_tensor_value_info("people", TensorProto.FLOAT, [1, 5, rows, columns])],
        [
            constant("white", 255.0, [1]),
            constant("x", 0.0, channel),
            constant("y", 0.25, channel),
            constant("size", math.log(unit), channel),
            bounds("zero", 0),
            bounds("one", 1),
            bounds("two", 2),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    checker.check_model(model)
    path = folder / f"{name}.onnx"
    path.write_bytes(model.SerializeToString())
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_suffix(".json").write_text(json.dumps({"name": name, "files": files}))
    return path


def picture_of(*people: tuple[float, float, bool], size: tuple[int, int] = (640, 480)) -> np.ndarray:
    """A black picture in which people stand at these shares of width and height, some with a hand up."""
    image = np.zeros((size[1], size[0], 3), np.uint8)
    radius = max(1, round(1.2 * CELL * max(size[0] / WIDTH, size[1] / HEIGHT)))
    for x, y, raises in people:
        cv2.circle(image, (round(x * size[0]), round(y * size[1])), radius, (255, 255 * raises, 0), -1)
    return image
