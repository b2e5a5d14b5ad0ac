"""MediaPipe's graphs without the rest of MediaPipe.

`import mediapipe` also imports matplotlib, sounddevice and interfaces to a dozen other models: 40 MB and most
of the second that it takes. The graphs need none of that, so here only their own modules are loaded.
A program that has imported mediapipe before keeps it, and one that asks for more of it afterwards gets all.
"""

import importlib
import importlib.util
import os
import sys
import threading
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.region.mediapipe.native_stderr import native_stderr_to_log
from gesturelrcn.system.environment import for_native_code, kept_as_it_is

VERSION = "0.10.21"
"""The last one that carries its models; later ones look up a logging host when they run."""

_OPTIONS = (
    "core.gate_calculator",
    "core.constant_side_packet_calculator",
    "core.split_vector_calculator",
    "image.image_transformation_calculator",
    "image.warp_affine_calculator",
    "tensor.image_to_tensor_calculator",
    "tensor.inference_calculator",
    "tensor.tensors_to_detections_calculator",
    "tensor.tensors_to_floats_calculator",
    "tensor.tensors_to_landmarks_calculator",
    "tensor.tensors_to_segmentation_calculator",
    "tflite.ssd_anchors_calculator",
    "util.detections_to_rects_calculator",
    "util.landmarks_smoothing_calculator",
    "util.landmarks_to_detection_calculator",
    "util.local_file_contents_calculator",
    "util.logic_calculator",
    "util.non_max_suppression_calculator",
    "util.rect_transformation_calculator",
    "util.refine_landmarks_from_heatmap_calculator",
    "util.thresholding_calculator",
    "util.visibility_smoothing_calculator",
    "util.set_joints_visibility_calculator",
    "util.visibility_copy_calculator",
)
"""Calculators whose options are read from graphs; options of which nothing is known would be lost."""

_loading = threading.Lock()


class Graph:
    """A graph that runs. One call follows the other, and after `close` each of them gives None.

    MediaPipe is not re-entrant, closing it under a running call aborts the process, and in a process that was
    forked off it hangs.
    """

    def __init__(self, solution: Any) -> None:
        """Args: solution: MediaPipe's own object."""
        self._solution = solution
        self._made_in = os.getpid()
        self._lock = threading.Lock()

    def process(self, image: NDArray[np.uint8]) -> Any:
        """Its outputs for `image` ((H, W, 3) uint8 RGB), or None once it is closed.

        Raises:
            GestureLrcnError: this process was forked off from the one in which the graph was made.
        """
        must_not_be_forked(self._made_in)
        with self._lock:
            return None if self._solution is None else self._solution.process(image)

    def close(self) -> None:
        """Free the graph; does nothing in a process that was forked off."""
        if os.getpid() != self._made_in:
            return
        with self._lock:
            if self._solution is not None:
                self._solution.close()
                self._solution = None


def must_be_installed() -> None:
    """Refuse to go on without MediaPipe; does not load it.

    Raises:
        GestureLrcnError: it is not installed.
    """
    if importlib.util.find_spec("mediapipe") is None:
        raise _unavailable("it is not installed")


def _unavailable(reason: object) -> GestureLrcnError:
    return GestureLrcnError(
        f"MediaPipe {VERSION} cannot be loaded ({reason}): pip install 'gesturelrcn[mediapipe]', "
        "with Python 3.10 to 3.12."
    )


def must_not_be_forked(loaded_in: int) -> None:
    """Refuse to go on in another process than that in which MediaPipe was loaded: it would hang or abort.

    Raises:
        GestureLrcnError: this is another process.
    """
    if os.getpid() != loaded_in:
        raise GestureLrcnError(
            "MediaPipe does not work in a process that was forked off after it was loaded: "
            "start processes with the method 'spawn'."
        )


def pose(*, tracking: bool, min_confidence: float) -> Graph:
    """BlazePose with 33 landmarks (Bazarevsky et al. 2020, arXiv:2006.10204), as `mp.solutions.pose.Pose`.

    Args:
        tracking: look first where the person was in the picture before.
        min_confidence: of the detection and of the landmarks, 0 to 1.
    """
    by_roi = "poselandmarkbyroicpu__tensorstoposelandmarksandsegmentation__ThresholdingCalculator.threshold"
    return _made(
        binary_graph_path="mediapipe/modules/pose_landmark/pose_landmark_cpu.binarypb",
        side_inputs={
            "model_complexity": 1,  # the only one whose weights are in the wheel
            "smooth_landmarks": False,
            "enable_segmentation": False,
            "smooth_segmentation": False,
            "use_prev_landmarks": tracking,
        },
        calculator_params={
            "posedetectioncpu__TensorsToDetectionsCalculator.min_score_thresh": min_confidence,
            by_roi: min_confidence,
        },
        outputs=["pose_landmarks"],
    )


def people(*, min_confidence: float) -> Graph:
    """The first half of `pose`: where people are, and no landmarks of them."""
    config = _loaded()["calculator_pb2"].CalculatorGraphConfig()
    text_format = importlib.import_module("google.protobuf.text_format")
    node = 'calculator: "PoseDetectionCpu" input_stream: "IMAGE:image" output_stream: "DETECTIONS:detections"'
    text_format.Parse(
        f'input_stream: "image" output_stream: "detections" node {{ {node} }}',
        config,
    )
    return _made(
        graph_config=config,
        calculator_params={
            "posedetectioncpu__TensorsToDetectionsCalculator.min_score_thresh": min_confidence
        },
        outputs=["detections"],
    )


def faces(*, min_confidence: float) -> Graph:
    """BlazeFace, full range (arXiv:1907.05047), as `mp.solutions.face_detection.FaceDetection`."""
    loaded = _loaded()
    options = loaded["face_detection_pb2"].FaceDetectionOptions()
    base = loaded["SolutionBase"]
    return _made(
        binary_graph_path="mediapipe/modules/face_detection/face_detection_full_range_cpu.binarypb",
        graph_options=base.create_graph_options(base, options, {"min_score_thresh": min_confidence}),
        outputs=["detections"],
    )


def solution(module: str, name: str, **options: Any) -> Any:
    """One of MediaPipe's own solutions, made quietly: `solution("hands", "Hands", max_num_hands=1)`.

    Raises:
        GestureLrcnError: MediaPipe is not installed, or this process was forked off after it was loaded.
    """
    _loaded()
    with native_stderr_to_log():
        made = getattr(importlib.import_module(f"mediapipe.python.solutions.{module}"), name)(**options)
        made._graph.wait_until_idle()
        return made


def _made(**arguments: Any) -> Graph:
    with native_stderr_to_log():
        made = _loaded()["SolutionBase"](**arguments)
        # It starts on threads of its own, which print when they get to it: later, on a busy machine.
        made._graph.wait_until_idle()
        return Graph(made)


def _loaded() -> dict[str, Any]:
    """The modules that graphs need.

    Raises:
        GestureLrcnError: MediaPipe is not installed, or this process was forked off after it was loaded.
    """
    try:
        modules, loaded_in = _load()
    except ImportError as problem:
        raise _unavailable(problem) from None
    must_not_be_forked(loaded_in)
    return modules


@cache
def _load() -> tuple[dict[str, Any], int]:
    """Modules by name, and the process in which they were loaded."""
    # absl and glog read these once, when they load.
    quiet = for_native_code(GLOG_minloglevel="3", TF_CPP_MIN_LOG_LEVEL="3")
    with _loading, quiet, kept_as_it_is(), native_stderr_to_log():
        _postpone_the_rest()
        for name in _OPTIONS:
            importlib.import_module(f"mediapipe.calculators.{name}_pb2")
        modules = {
            "SolutionBase": importlib.import_module("mediapipe.python.solution_base").SolutionBase,
            "calculator_pb2": importlib.import_module("mediapipe.framework.calculator_pb2"),
            "face_detection_pb2": importlib.import_module(
                "mediapipe.modules.face_detection.face_detection_pb2"
            ),
        }
    return modules, os.getpid()


def _postpone_the_rest() -> None:
    """Let modules of mediapipe be imported without its `__init__`, which runs once somebody asks for more."""
    spec = importlib.util.find_spec("mediapipe") if "mediapipe" not in sys.modules else None
    if spec is None or spec.loader is None:  # loaded as a whole already, or not installed: importing says so
        return
    module, loader = importlib.util.module_from_spec(spec), spec.loader

    def complete(name: str) -> Any:
        if name.startswith("__") and name != "__version__":
            raise AttributeError(f"module 'mediapipe' has no attribute {name!r}")
        vars(module).pop("__getattr__", None)
        loader.exec_module(module)
        return getattr(module, name)

    vars(module)["__getattr__"] = complete
    sys.modules["mediapipe"] = module
