"""Streams of poses as the CNNs would see the people in them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.model.card import ModelCard
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.region.locator import region_from_landmarks
from gesturelrcn.region.tracker import RegionTracker
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.data.pose_streams import PoseStream, read_pose_stream
from gesturelrcn.training.features.joints_alone import joints_alone, unknown_hands
from gesturelrcn.vocabulary import NONE

_POSE = {
    "nose": 0,
    **{
        f"{side}_{part}": first + number
        for part, first in (
            ("shoulder", 11),
            ("elbow", 13),
            ("wrist", 15),
            ("pinky_tip", 17),
            ("index_tip", 19),
            ("thumb_tip", 21),
        )
        for number, side in enumerate(("left", "right"))
    },
}
"""Number of each of our joints in MediaPipe's pose."""

_LOOK_EVERY = 0.4  # seconds, as the live loop tells its tracker where somebody is
_PIXELS = 480.0  # height of the picture in which the region is told; below two pixels there is none


def features_of_streams(
    paths: Iterable[Path],
    names: Mapping[str, str],
    card: ModelCard,
    versions: int,
    rng: np.random.Generator,
) -> list[ClipFeatures]:
    """Every stream `versions` times, each time as another camera would have it; nobody has looked at hands.

    Raises:
        TrainingError: a file is no stream of poses.
    """
    streams = [read_pose_stream(path, names) for path in paths]
    return [_seen(stream, card, rng) for stream in streams for _ in range(versions)]


def _seen(stream: PoseStream, card: ModelCard, rng: np.random.Generator) -> ClipFeatures:
    squares = _squares(stream, card)
    joints = stream.joints[:, [_POSE[name] for name in KEYPOINTS]].astype(np.float64)
    places, visible = joints[..., :2] * _PIXELS, joints[..., 2] > 0.5
    keypoints = joints_alone(places, squares[:, :2], squares[:, 2], visible, rng)
    rate = (len(stream.times) - 1) / max(float(stream.times[-1]), 1e-3)
    clip = Clip(Path(), stream.name, stream.person, NONE, fps=rate)
    return ClipFeatures(
        clip,
        NONE,
        keypoints,
        stream.times.astype(np.float32),
        unknown_hands(len(keypoints), card),
        gestures=stream.gestures,
        untold=stream.untold,
    )


def _squares(stream: PoseStream, card: ModelCard) -> NDArray[np.float64]:
    """(T, 3) centre and side of the square of the body as it follows the person, pixels."""
    tracker, due, squares = RegionTracker(), 0.0, []
    for joints, at in zip(stream.joints.astype(np.float64), stream.times, strict=True):
        if at >= due:
            tracker.update(region_from_landmarks(joints * [_PIXELS, _PIXELS, 1.0], at))
            due = at + _LOOK_EVERY
        tracker.hold(at)
        region = tracker.at(at)
        if region is None:
            squares.append([np.nan] * 3)
        else:
            body = card.body(region)
            squares.append([body.x, body.y, body.side])
    return _filled(np.array(squares))


def _filled(squares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without the gap at the beginning, where nobody was found yet."""
    known = np.flatnonzero(np.isfinite(squares[:, 0]))
    if not len(known):
        return np.tile([_PIXELS / 2, _PIXELS / 2, _PIXELS], (len(squares), 1))
    return np.where(np.isfinite(squares), squares, squares[known[0]])
