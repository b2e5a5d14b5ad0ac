"""`gesturelrcn` as a program of its own, and models that fire whenever they see somebody."""

import hashlib
import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from gesturelrcn.capture import open_source
from gesturelrcn.model import KEYPOINTS, ModelCard, Thresholds, assets
from gesturelrcn.system.opencv import cv2
from tests.key_window import KeyWindow
from tests.xvfb import XServer

ProgramEnd = subprocess.CompletedProcess[str]


class Program:
    """Starts `gesturelrcn`; what still runs when the test ends is killed."""

    def __init__(self) -> None:
        self._started: list[subprocess.Popen[str]] = []

    def start(self, *arguments: object, display: str | None = None) -> subprocess.Popen[str]:
        environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
        process = subprocess.Popen(
            [sys.executable, "-m", "gesturelrcn", *map(str, arguments)],
            env=environment | ({"DISPLAY": display} if display else {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Where the tests run in the background, Ctrl-C would be ignored from the beginning.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self._started.append(process)
        return process

    def __call__(self, *arguments: object, display: str | None = None) -> ProgramEnd:
        process = self.start(*arguments, display=display)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def close(self) -> None:
        for process in self._started:
            with process:
                process.kill()


@pytest.fixture
def gesturelrcn() -> Iterator[Program]:
    program = Program()
    yield program
    program.close()


@pytest.fixture(scope="session")
def eager_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a model that sees `gesture` as long as somebody is there; returns its card."""
    usual = ("none", "point_left", "point_right", "raise_hand", "thumbs_up")

    def write(gesture: str = "point_right", among: tuple[str, ...] = usual) -> Path:
        card = tmp_path_factory.mktemp("model") / "eager.json"
        graph = one_idea(among, gesture)
        card.with_suffix(".onnx").write_bytes(graph)
        thresholds = {name: Thresholds(0.6, 0.4, 0.1, 0.3) for name in among if name != "none"}
        files = {"eager.onnx": hashlib.sha256(graph).hexdigest()}
        of = ModelCard("eager", "Sees one thing.", among, SIZE, HIDDEN, KEYPOINTS, 1, 60, thresholds, files)
        card.write_text(of.to_json())
        return card

    return write


SIZE, HIDDEN = 64, 4


def one_idea(classes: tuple[str, ...], gesture: str) -> bytes:
    """An ONNX step whose scores are the same whatever it is shown."""
    scores = np.array(
        [[0.9 if name == gesture else 0.1 / (len(classes) - 1) for name in classes]], np.float32
    )
    joints = np.full((1, len(KEYPOINTS), 3), 0.5, np.float32)
    nodes = [
        helper.make_node("Constant", [], ["scores"], value=numpy_helper.from_array(scores)),
        helper.make_node("Constant", [], ["keypoints"], value=numpy_helper.from_array(joints)),
        helper.make_node("Identity", ["state"], ["new_state"]),
    ]
    inputs = [
        helper.make_tensor_value_info("crop", TensorProto.UINT8, [1, SIZE, SIZE, 3]),
        helper.make_tensor_value_info("state", TensorProto.FLOAT, [2, 1, HIDDEN]),
        helper.make_tensor_value_info("dt", TensorProto.FLOAT, [1]),
    ]
    outputs = [
        helper.make_tensor_value_info("scores", TensorProto.FLOAT, scores.shape),
        helper.make_tensor_value_info("keypoints", TensorProto.FLOAT, joints.shape),
        helper.make_tensor_value_info("new_state", TensorProto.FLOAT, [2, 1, HIDDEN]),
    ]
    graph = helper.make_graph(nodes, "step", inputs, outputs)
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()


@pytest.fixture(scope="session")
def x_server() -> Iterator[XServer]:
    with XServer() as server:
        yield server


@pytest.fixture
def window(x_server: XServer) -> Iterator[KeyWindow]:
    window = KeyWindow(x_server.display)
    yield window
    window.close()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of the sample: somebody is there."""
    path = tmp_path_factory.mktemp("clip") / "short.avi"
    with open_source(assets() / "sample.mp4") as sample:
        frames = list(itertools.islice(sample, 40))
    height, width = frames[0].image.shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 20.0, (width, height))
    for frame in frames:
        writer.write(frame.image)
    writer.release()
    return path


@pytest.fixture
def bindings(tmp_path: Path) -> Path:
    path = tmp_path / "bindings.toml"
    path.write_text('[[bind]]\ngesture = "point_right"\nkey = "ctrl+Right"\n')
    return path
