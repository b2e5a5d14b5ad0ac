"""Every kind of file that gesturelrcn reads: good ones to begin with, and who reads them.

A reader may return or refuse with a `GestureLrcnError`; anything else is a bug.
"""

import contextlib
import hashlib
import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.model import assets
from gesturelrcn.model.files import card_path


@dataclass(frozen=True)
class Kind:
    """One kind of file.

    Attributes:
        name: of the kind.
        suffix: of its files.
        seeds: makes good files.
        read: takes the path of a file.
        binary: bytes and not text.
    """

    name: str
    suffix: str
    seeds: Callable[[], tuple[bytes, ...]]
    read: Callable[[Path], object]
    binary: bool = False


def _card() -> tuple[bytes, ...]:
    whole = json.loads(card_path("default").read_text())
    whole["figures"], whole["data"] = {}, whole["data"][:1]
    return (json.dumps(whole, indent=1).encode(),)


def _read_card(path: Path) -> None:
    from gesturelrcn.decoding import Decoder
    from gesturelrcn.model import read_card

    card = read_card(path)
    Decoder(card.classes, card.thresholds)
    card.to_json()


@cache
def _tiny_model() -> tuple[bytes, bytes]:
    """A card and an ONNX step of a few hundred bytes."""
    from tests.cli.conftest import HIDDEN, SIZE, one_idea

    classes = ("none", "point_left", "point_right")
    graph = one_idea(classes, "point_right")
    card = json.loads(card_path("default").read_text())
    limits = next(iter(card["thresholds"].values()))
    card |= {
        **{"name": "tiny", "classes": classes, "size": SIZE, "hidden": HIDDEN, "figures": {}, "data": []},
        **{"hand_size": 0, "rows": 2, "zoom": 1.0, "lift": 0.0, "network": {}},
        "thresholds": {name: limits for name in classes if name != "none"},
        **{"operating_points": {}, "off": {}},
    }
    return json.dumps(card).encode(), graph


def _read_weights(path: Path, suffix: str, engine: str, card: dict[str, object]) -> None:
    """Load weights with a card that was written for them: a hash keeps out accidents, not intent."""
    from gesturelrcn.capture import Frame
    from gesturelrcn.model import load_model
    from gesturelrcn.recognizer import Recognizer
    from gesturelrcn.region import Region

    class Somebody:
        def follow(self, image: object, at: float) -> Region:
            return Region(32.0, 32.0, 64.0, 1.0, at)

        def take_jump(self) -> bool:
            return False

        def close(self) -> None:
            pass

    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / f"model{suffix}"
        weights.write_bytes(path.read_bytes())
        card["files"] = {weights.name: hashlib.sha256(weights.read_bytes()).hexdigest()}
        weights.with_suffix(".json").write_text(json.dumps(card))
        recognizer = Recognizer(load_model(weights.with_suffix(".json"), engine), follower=Somebody())
        for number in range(3):
            picture = np.full((64, 64, 3), 80 * number, np.uint8)
            recognizer.process(Frame(picture, number / 20, number, "fuzz", number / 20))


def _read_onnx(path: Path) -> None:
    _read_weights(path, ".onnx", "onnxruntime", json.loads(_tiny_model()[0]))


def _safetensors() -> tuple[bytes, ...]:
    return (card_path("default").with_suffix(".safetensors").read_bytes(),)


def _read_safetensors(path: Path) -> None:
    card = json.loads(card_path("default").read_text())
    _read_weights(path, ".safetensors", "torch", card)


_BINDINGS = b"""
[[bind]]
gesture = "point_right"
key = "Right"
[[bind]]
gesture = "raise_hand"
key = "ctrl+shift+s"
on = "hold"
after = 0.5
cooldown = 1.5
"""


def _read_bindings(path: Path) -> None:
    from gesturelrcn.actions import load_bindings
    from gesturelrcn.vocabulary import GESTURES

    load_bindings(path, GESTURES)


def _vocabulary() -> tuple[bytes, ...]:
    import gesturelrcn.synthesis.motion.vocabulary_file as reader

    whole = Path(reader.__file__).with_name("gestures.toml").read_bytes()
    return (b"\n[[movement]]".join(whole.split(b"\n[[movement]]")[:3]),)


def _read_vocabulary(path: Path) -> None:
    from gesturelrcn.synthesis.motion.vocabulary_file import load_vocabulary

    load_vocabulary(path)


@cache
def _truth() -> tuple[bytes, ...]:
    from gesturelrcn.model import KEYPOINTS
    from gesturelrcn.recordings.film_truth import FilmFacts, Truth
    from gesturelrcn.recordings.truth import Activity, TrueGesture

    times = np.arange(6) / 15
    film = FilmFacts("a.mp4", "P1", 15, len(times), 192, "seated", 1.0, "upper")
    gestures = [TrueGesture("point_right", 0.1, 0.3, 0.2, 0.35, "right")]
    joints = np.full((len(times), len(KEYPOINTS), 3), 0.5, np.float32)
    truth = Truth(film, gestures, [Activity("idle", 0.0, 0.1)], times, joints)
    return ("\n".join(truth.lines()).encode() + b"\n",)


def _short_truth() -> tuple[bytes, ...]:
    return (*_truth(), (assets() / "sample.jsonl").read_bytes())


def _read_truth(path: Path) -> None:
    from gesturelrcn.recordings.film_truth import read_truth

    read_truth(path)


def _read_film_truth(path: Path) -> None:
    from gesturelrcn.recordings.listing import read_listing

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.avi").touch()
        (Path(folder) / "a.jsonl").write_bytes(path.read_bytes())
        read_listing(Path(folder))


_PREDICTIONS = b"""\
{"stream": "a.avi", "gesture": "point_right", "phase": "start", "id": 1, "decided_at": 1.25, "confidence": 1}
{"stream": "a.avi", "gesture": "point_right", "phase": "end", "id": 1, "decided_at": 2.5, "confidence": 0.4}
{"stream": "b.avi", "gesture": "raise_hand", "phase": "start", "id": 1, "decided_at": 0.5, "confidence": 0.7}
"""


def _read_predictions(path: Path) -> None:
    from gesturelrcn.evaluation.predictions import read_predictions

    read_predictions(path)


_INDEX = b"""\
clip_id,path,subject,gesture,distance_m,framing,onset_s,stroke_end_s,offset_s
a,a.avi,S1,point_right,1,upper,0.5,0.9,2.0
b,b.avi,S1,none,4,full,,,
"""


def _read_listing(path: Path) -> None:
    from gesturelrcn.recordings.listing import read_listing

    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.avi", "b.avi"):
            (Path(folder) / name).touch()
        (Path(folder) / "index.csv").write_bytes(path.read_bytes())
        read_listing(Path(folder))


_TRAINING = b"""
name = "mine"
description = "A model of mine."
classes = ["none", "point_left", "point_right"]
start = "random"
[[data]]
name = "clips"
licence = "CC0-1.0"
source = "my own"
[thresholds]
precision = 0.9
"""


def _read_training(path: Path) -> None:
    from gesturelrcn.training.config.file import read_config

    read_config(path)


@cache
def _trace() -> tuple[bytes, ...]:
    """Half a second of a trace in which a gesture is recognised and does something."""
    from gesturelrcn.actions import Dispatcher, RecordingInjector, parse_bindings
    from gesturelrcn.decoding import Decoder, Evidence
    from gesturelrcn.model import Thresholds
    from gesturelrcn.trace import TraceFrame, TraceSetting, TraceWriter

    classes = ("none", "point_right", "raise_hand")
    limits = {name: Thresholds(0.5, 0.3, 0.05, 0.1) for name in classes[1:]}
    decoder = Decoder(classes, limits)
    with tempfile.TemporaryDirectory() as folder:
        bindings = parse_bindings(_BINDINGS.decode(), classes[1:])
        dispatcher = Dispatcher(bindings, RecordingInjector(), ticking=False)
        with TraceWriter(Path(folder), TraceSetting("fuzz", "fuzz", classes, limits), dispatcher) as writer:
            for number in range(10):
                at = 5.0 + number / 20
                scores = np.array([0.1, 0.9 if 2 < number < 7 else 0.05, 0.0], np.float32)
                events = decoder.step(Evidence(scores, at, at))
                smoothed = decoder.smoothed
                assert smoothed is not None
                writer.saw(TraceFrame(at, tuple(map(float, smoothed)), decoder.forgotten), decoder.active)
                dispatcher.see(decoder.evident, at)
                for event in events:
                    dispatcher.handle(event)
        dispatcher.close()
        return ((Path(folder) / "a.jsonl").read_bytes(),)


def _read_trace(path: Path) -> None:
    import typer

    from gesturelrcn.cli.replay import replay
    from gesturelrcn.cli.why import why

    why(path)
    with contextlib.suppress(typer.Exit):  # decided otherwise than it was then
        replay(path)


@cache
def _tracks() -> tuple[bytes, ...]:
    """Two clips of a few frames, as a training reads them: plain, and packed."""
    from gesturelrcn.model import KEYPOINTS

    frames = np.linspace(0.2, 0.8, 12 * len(KEYPOINTS) * 3, dtype=np.float32)
    arrays: dict[str, Any] = {
        "keypoints": frames.reshape(12, len(KEYPOINTS), 3),
        "times": np.tile(np.arange(6, dtype=np.float32) / 15, 2),
        "lengths": np.array([6, 6]),
        "label": np.array(["wave", "none"]),
        "onset": np.array([0.1, np.nan]),
    }
    plain, packed = io.BytesIO(), io.BytesIO()
    np.savez(plain, **arrays)
    np.savez_compressed(packed, **arrays)
    return plain.getvalue(), packed.getvalue()


def _told_tracks() -> tuple[bytes, ...]:
    with np.load(io.BytesIO(_tracks()[0])) as arrays:
        return (json.dumps({name: array.tolist() for name, array in arrays.items()}).encode(),)


def _read_told_tracks(path: Path) -> None:
    """Other shapes, kinds and values in a whole file: its checksums keep out accidents, not intent."""
    try:
        arrays = {name: np.array(value) for name, value in json.loads(path.read_bytes()).items()}
        np.savez(path.with_suffix(".npz"), **arrays)
    except (ValueError, TypeError, AttributeError, RecursionError, OSError) as problem:
        raise GestureLrcnError("No such arrays can be made.") from problem
    _read_tracks(path.with_suffix(".npz"))


def _read_tracks(path: Path) -> None:
    from gesturelrcn.training.data.track_files import read_tracks

    read_tracks(path)


@cache
def _track() -> tuple[bytes, ...]:
    """A track of one clip, as `synth --tracks` reads it."""
    from gesturelrcn.model import KEYPOINTS

    joints = np.random.default_rng(0).uniform(0.3, 0.7, (30, len(KEYPOINTS), 3))
    joints[..., 2] = 1.0
    file = io.BytesIO()
    np.savez(file, keypoints=joints, times=np.arange(30) / 15)
    return (file.getvalue(),)


def _read_track(path: Path) -> None:
    from gesturelrcn.recordings.listing import read_index
    from gesturelrcn.synthesis.motion.track_files import load_tracks, track_path

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "index.csv").write_text("path,subject,gesture,fps\na.avi,S1,none,15\n")
        (Path(folder) / "a.avi").touch()
        clip = read_index(Path(folder), strict=True).clips[0]
        track_path(Path(folder), clip).write_bytes(path.read_bytes())
        load_tracks(Path(folder))


@cache
def _video(suffix: str, codec: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"clip{suffix}"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 20.0, (64, 48))
        noise = np.random.default_rng(0)
        for _ in range(8):
            writer.write(noise.integers(0, 255, (6, 8, 3), np.uint8).repeat(8, 0).repeat(8, 1))
        writer.release()
        return path.read_bytes()


def _read_video(path: Path) -> None:
    from gesturelrcn.capture import open_source

    with open_source(path) as source:
        for number, frame in enumerate(source):
            assert frame.image.ndim == 3
            if number == 100:
                break


def _picture() -> tuple[bytes, ...]:
    picture = np.random.default_rng(0).integers(0, 255, (6, 8, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    return tuple(cv2.imencode(suffix, picture)[1].tobytes() for suffix in (".jpg", ".png", ".bmp", ".webp"))


def _read_picture(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "1.jpg").write_bytes(path.read_bytes())
        _read_video(Path(folder))


KINDS = {
    kind.name: kind
    for kind in (
        Kind("card", ".json", _card, _read_card),
        Kind("onnx", ".onnx", lambda: (_tiny_model()[1],), _read_onnx, binary=True),
        Kind("safetensors", ".safetensors", _safetensors, _read_safetensors, binary=True),
        Kind(
            "bindings", ".toml", lambda: (_BINDINGS, (assets() / "slides.toml").read_bytes()), _read_bindings
        ),
        Kind("vocabulary", ".toml", _vocabulary, _read_vocabulary),
        Kind("truth", ".jsonl", _truth, _read_truth),
        Kind("film truth", ".jsonl", _short_truth, _read_film_truth),
        Kind("predictions", ".jsonl", lambda: (_PREDICTIONS,), _read_predictions),
        Kind("index of clips", ".csv", lambda: (_INDEX,), _read_listing),
        Kind("training", ".toml", lambda: (_TRAINING,), _read_training),
        Kind("trace", ".jsonl", _trace, _read_trace),
        Kind("tracks", ".npz", _tracks, _read_tracks, binary=True),
        Kind("tracks, told", ".json", _told_tracks, _read_told_tracks),
        Kind("track", ".npz", _track, _read_track, binary=True),
        Kind("avi", ".avi", lambda: (_video(".avi", "MJPG"),), _read_video, binary=True),
        Kind("mp4", ".mp4", lambda: (_video(".mp4", "mp4v"),), _read_video, binary=True),
        Kind("picture", ".jpg", _picture, _read_picture, binary=True),
    )
}
"""Add a kind here, and everything tries it."""
