"""How real synthetic people are to MediaPipe, which learned from real ones; and how fast they are made.

`python -m gesturelrcn.synthesis.dataset.realism --clips 40 --size 240 --seed N` films fresh clips and prints,
by gesture: in how many frames MediaPipe finds a body, in how many a hand where the gesturing hand is, how
often that hand is in the picture when the stroke ends, and how far MediaPipe's wrists are from the true ones.
With `--real FOLDER` it looks at real clips instead, cut out in the same way: the yardstick for the hands.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.film_truth import Truth
from gesturelrcn.recordings.frames import FILM_MARGIN, frames_of
from gesturelrcn.recordings.listing import read_index
from gesturelrcn.recordings.truth import TrueGesture
from gesturelrcn.region import crop
from gesturelrcn.region.mediapipe import PoseLocator
from gesturelrcn.region.mediapipe.graphs import solution
from gesturelrcn.region.mediapipe.native_stderr import native_stderr_to_log
from gesturelrcn.synthesis.arrays import Pixels
from gesturelrcn.synthesis.dataset.plan import Take
from gesturelrcn.synthesis.dataset.video import write_video
from gesturelrcn.synthesis.film.studio import FilmedStream, Studio
from gesturelrcn.synthesis.motion.shipped import SHIPPED
from gesturelrcn.synthesis.motion.vocabulary import gesture_names
from gesturelrcn.vocabulary import NONE

EVERY = 3
"""MediaPipe sees every third frame: neighbours are alike."""
NEAR = 0.08
"""A found hand is the gesturing one if its wrist is within this share of the width of the true wrist."""
HELD_SECONDS = 0.5
"""So long after the onset of a real clip the gesture is held."""
DISTANCE_BANDS = {"below 1.5 m": 1.5, "below 3 m": 3.0, "farther": float("inf")}
CLIPS_PER_PERSON = 4
FPS = 15
SPEED_SIZES = (160, 224)
SPEED_CLIPS = 4
MEDIAPIPE_WRISTS = {15: "left_wrist", 16: "right_wrist"}


@dataclass
class Tally:
    """Counts over the clips of one gesture.

    Attributes:
        frames, poses: frames looked at, and those in which a body was found.
        hands, hands_found: frames with a gesturing hand in the picture, and those in which it was found.
        strokes, in_picture: strokes, and those that end with the hand in the picture.
        wrist_errors: distances to MediaPipe's wrists in shares of the width.
    """

    frames: int = 0
    poses: int = 0
    hands: int = 0
    hands_found: int = 0
    strokes: int = 0
    in_picture: int = 0
    wrist_errors: list[float] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count the other's clips too."""
        for name in ("frames", "poses", "hands", "hands_found", "strokes", "in_picture"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.wrist_errors += other.wrist_errors

    def figures(self) -> dict[str, float | int | None]:
        """Percentages; None where nothing was counted."""
        return {
            "frames": self.frames,
            "pose_found_percent": _percent(self.poses, self.frames),
            "hand_found_percent": _percent(self.hands_found, self.hands),
            "hand_in_picture_percent": _percent(self.in_picture, self.strokes),
            "wrist_error_percent": round(100 * float(np.mean(self.wrist_errors)), 2)
            if self.wrist_errors
            else None,
        }


@dataclass
class Tallies:
    """The clips counted by gesture and by distance."""

    by_gesture: dict[str, Tally] = field(default_factory=dict)
    by_distance: dict[str, Tally] = field(default_factory=dict)
    total: Tally = field(default_factory=Tally)

    def add(self, gesture: str, metres: float, tally: Tally) -> None:
        """Count the pictures of one clip."""
        band = next(name for name, most in DISTANCE_BANDS.items() if metres < most)
        self.by_gesture.setdefault(gesture, Tally()).add(tally)
        self.by_distance.setdefault(band, Tally()).add(tally)
        self.total.add(tally)

    def figures(self) -> dict[str, Any]:
        """All of them, names sorted."""
        return {
            "all": self.total.figures(),
            "by_gesture": {name: tally.figures() for name, tally in sorted(self.by_gesture.items())},
            "by_distance": {name: tally.figures() for name, tally in sorted(self.by_distance.items())},
        }


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


class Judge:
    """MediaPipe 0.10.21, pose and hands, every frame on its own."""

    def __init__(self) -> None:
        self._pose = PoseLocator(tracking=False)
        options = {"static_image_mode": True, "max_num_hands": 2, "model_complexity": 1}
        self._hands: Any = solution("hands", "Hands", **options, min_detection_confidence=0.5)
        with native_stderr_to_log():
            self._hands.process(np.zeros((48, 48, 3), np.uint8))

    def close(self) -> None:
        """Free both graphs."""
        self._pose.close()
        self._hands.close()

    def tally(self, pictures: list[Pixels], truth: Truth) -> Tally:
        """What it finds in every third of all pictures, (H, W, 3) uint8 BGR, of one film."""
        tally = Tally()
        for done in truth.gestures:
            at_end = truth.keypoints[np.abs(truth.times - done.stroke_end).argmin()]
            tally.strokes += 1
            tally.in_picture += bool(at_end[_joints(done, "wrist", "index_tip"), 2].all())
        for picture, at, joints in list(zip(pictures, truth.times, truth.keypoints, strict=True))[::EVERY]:
            self._look_at_body(tally, picture, joints)
            for done in truth.gestures:
                # From half way up: before, the hand is as good as at rest.
                if (done.onset + done.stroke_end) / 2 <= at <= done.offset:
                    self._look_for_hand(tally, picture, joints, done)
        return tally

    def _look_at_body(self, tally: Tally, picture: Pixels, joints: NDArray[np.float32]) -> None:
        tally.frames += 1
        landmarks = self._pose.landmarks(picture)
        if landmarks is None:
            return
        tally.poses += 1
        for mark, name in MEDIAPIPE_WRISTS.items():
            x, y, visible = joints[KEYPOINTS.index(name)]
            if visible and landmarks[mark, 2] > 0.5:
                away = landmarks[mark, :2] / picture.shape[1] - (x, y)
                tally.wrist_errors.append(float(np.linalg.norm(away)))

    def _look_for_hand(
        self, tally: Tally, picture: Pixels, joints: NDArray[np.float32], done: TrueGesture
    ) -> None:
        wrists = [joints[i] for i in _joints(done, "wrist")]
        if not all(joints[i][2] for i in _joints(done, "wrist", "index_tip")):
            return
        tally.hands += 1
        tally.hands_found += any(self._hand_near(picture, joint[:2]) for joint in wrists)

    def _hand_near(self, picture: Pixels, wrist: NDArray[Any]) -> bool:
        """Whether a hand is found whose wrist is about here, (2,) in shares of the picture."""
        hands = self._hands.process(np.ascontiguousarray(picture[..., ::-1])).multi_hand_landmarks or []
        wrists = np.array([[hand.landmark[0].x, hand.landmark[0].y] for hand in hands]).reshape(-1, 2)
        return bool(np.linalg.norm(wrists - wrist, axis=1).min(initial=1.0) < NEAR)

    def tally_real(self, clip: Clip, size: int) -> Tally:
        """What it finds in four pictures of a real clip while the gesture is held.

        Nobody knows where the gesturing hand is; it is taken to be the higher one of MediaPipe's wrists.
        """
        tally = Tally()
        holding = (clip.onset or 0.0) + HELD_SECONDS
        frames = [frame for frame in frames_of(clip.path) if frame.captured_at > holding]
        for frame in frames[:: max(1, len(frames) // 4)]:
            region = self._pose.locate(frame.image, frame.captured_at)
            if region is None:
                continue
            picture = crop(frame.image, replace(region, side=region.side * FILM_MARGIN), size)
            tally.frames += 1
            body = self._pose.landmarks(picture)
            if body is None:
                continue
            wrists = body[list(MEDIAPIPE_WRISTS), :2] / size
            tally.poses += 1
            tally.hands += 1
            tally.hands_found += self._hand_near(picture, wrists[wrists[:, 1].argmin()])
        return tally


def _joints(done: TrueGesture, *parts: str) -> list[int]:
    sides = ("left", "right") if done.hand == "both" else (done.hand,)
    return [KEYPOINTS.index(f"{side}_{part}") for side in sides for part in parts]


def clips(seed: int, count: int, size: int, gestures: list[str]) -> Iterator[tuple[str, list[Pixels], Truth]]:
    """`count` clips of `gestures` in turn; a new person every CLIPS_PER_PERSON clips."""
    order = np.random.default_rng(seed).permutation(gestures)
    for person in range(-(-count // CLIPS_PER_PERSON)):
        with Studio((seed, person), size) as studio:
            for number in range(person * CLIPS_PER_PERSON, min(count, (person + 1) * CLIPS_PER_PERSON)):
                gesture = str(order[number % len(order)])
                stream = _clip(studio, gesture, (seed, person, number))
                pictures = list(stream)
                truth = stream.truth("", "")
                # A hand counts wherever the camera has it in its picture, whatever is before it.
                truth.keypoints[:, :, 2] = np.array(stream.in_picture)
                yield gesture, pictures, truth


def _clip(studio: Studio, gesture: str, seed: tuple[int, ...]) -> FilmedStream:
    take = Take("", "", gesture, seed, 0.0)
    return studio.film(take.writer(SHIPPED), take.chance(), FPS)


def measure(seed: int, count: int, size: int) -> dict[str, Any]:
    """All figures, by gesture and in total."""
    tallies = Tallies()
    judge = Judge()
    try:
        for gesture, pictures, truth in clips(seed, count, size, [*gesture_names(SHIPPED), NONE]):
            tallies.add(gesture, truth.film.distance_m, judge.tally(pictures, truth))
    finally:
        judge.close()
    return {"seed": seed, "clips": count, "size": size, **tallies.figures()}


def measure_real(folder: Path, seed: int, count: int, size: int) -> dict[str, Any]:
    """The same for up to `count` real clips with a gesture, by chance, from a folder with an `index.csv`."""
    listed = [clip for clip in read_index(folder, strict=True).clips if clip.onset is not None]
    chosen = np.random.default_rng(seed).permutation(len(listed))[:count]
    tallies = Tallies()
    judge = Judge()
    try:
        for clip in (listed[i] for i in chosen):
            tallies.add(clip.gesture, clip.distance_m, judge.tally_real(clip, size))
    finally:
        judge.close()
    return {"seed": seed, "clips": len(chosen), "size": size, **tallies.figures()}


def speed(seed: int, size: int) -> float:
    """Frames per CPU-second of clips that are made from nothing: person, room, pictures, H.264."""
    frames, began = 0, time.process_time()
    with tempfile.TemporaryDirectory() as folder, Studio((seed, 0), size) as studio:
        for number in range(SPEED_CLIPS):
            gesture = gesture_names(SHIPPED)[number]
            stream = _clip(studio, gesture, (seed, 0, number))
            write_video(Path(folder) / "clip.mp4", stream, FPS)
            frames += stream.frames
    return round(frames / (time.process_time() - began), 1)


def _show(figures: dict[str, Any]) -> None:
    table = Table(
        title=f"MediaPipe on {figures['clips']} clips at {figures['size']} px, seed {figures['seed']}"
    )
    for heading in (
        "gesture",
        "frames",
        "pose found %",
        "hand found %",
        "hand in picture %",
        "wrist error %",
    ):
        table.add_column(heading, justify="left" if heading == "gesture" else "right")
    rows = [*figures["by_gesture"].items(), *figures["by_distance"].items(), ("all", figures["all"])]
    for name, row in rows:
        table.add_row(name, *("-" if value is None else str(value) for value in row.values()))
    Console().print(table)
    for size, rate in figures.get("frames_per_cpu_second", {}).items():
        Console().print(f"{rate} frames per CPU-second at {size} px")


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m gesturelrcn.synthesis.dataset.realism", description=__doc__
    )
    parser.add_argument("--clips", type=int, default=40)
    parser.add_argument("--size", type=int, default=240, help="width of the pictures in pixels")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--real", type=Path, metavar="FOLDER", help="real clips with an index.csv instead")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args(arguments)
    # More threads only wait for each other, and their waiting would be counted.
    os.environ.setdefault("LP_NUM_THREADS", "1")
    try:
        if options.real is not None:
            figures = measure_real(options.real, options.seed, options.clips, options.size)
        else:
            figures = measure(options.seed, options.clips, options.size)
            figures["frames_per_cpu_second"] = {str(size): speed(options.seed, size) for size in SPEED_SIZES}
    except GestureLrcnError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if options.json:
        sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    else:
        _show(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
