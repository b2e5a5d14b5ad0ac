"""Streams stitched from clips, with what the clips lack: return strokes, long holds, idle, aborted gestures.

The real clips begin idle and end while the gesture is held. Played backwards, the way into a gesture is
a way out of it; so a stream goes idle - gesture - held - back - idle without a cut, for as long as wanted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import HAND_LANDMARKS, HAND_SHAPE, HAND_VALUES, KEYPOINTS, MIRRORED
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.vocabulary import NONE, mirrored

RAMP = 0.3
"""Seconds over which the target passes from `none` to the gesture."""

_ENTER = 0.05  # seconds after onset at which the target begins to rise
_LEAVE = 0.3  # seconds after onset, on the way back, at which the target has begun to fall
_COMMITTED = 0.6  # seconds after onset when the stroke is done and holding begins
_UPPER_ARM, _FOREARM = 0.14, 0.2  # standard deviations, radians: how differently people hold the same gesture


def _joints(*parts: str) -> list[int]:
    return [number for number, name in enumerate(KEYPOINTS) if any(part in name for part in parts)]


_HAND = ("wrist", "index", "thumb", "pinky")
ARMS = tuple(
    (
        KEYPOINTS.index(f"{side}_shoulder"),
        KEYPOINTS.index(f"{side}_elbow"),
        [number for number in _joints(f"{side}_") if number in _joints("elbow", *_HAND)],
        [number for number in _joints(f"{side}_") if number in _joints(*_HAND)],
    )
    for side in ("left", "right")
)
"""Of each arm: shoulder, elbow, what the upper arm moves, what the forearm moves."""


@dataclass(frozen=True)
class Chunk:
    """A stretch of one stream, frame by frame.

    Attributes:
        keypoints: (T, J, 3) float32.
        dt: (T,) float32 seconds since the frame before.
        target: (T, C) float32, sums to 1.
        first: True where the stream begins: the state is empty.
        hands: (T, HAND_VALUES) float32; zeros where the clips come without hands.
        numbers: (T, K) float32 of the network's `regression`, NaN where unknown; None for other networks.
    """

    keypoints: NDArray[np.float32]
    dt: NDArray[np.float32]
    target: NDArray[np.float32]
    first: bool
    hands: NDArray[np.float32]
    numbers: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class PlaybackPath:
    """How a clip is played: at each moment of the stream a moment of the clip and a degree of the gesture.

    Attributes:
        clip_times: (T,) seconds in the clip.
        dt: (T,) seconds of the stream since the frame before.
        degree: (T,) 0 for `none`, 1 for the gesture of the clip.
    """

    clip_times: NDArray[np.float64]
    dt: NDArray[np.float64]
    degree: NDArray[np.float64]


def gesture_path(length: float, onset: float, dts: Iterator[float], rng: np.random.Generator) -> PlaybackPath:
    """Idle, into the gesture, hold, back, idle; one time in eight the gesture is given up half way.

    Args:
        length: seconds of the clip.
        onset: seconds until the gesture begins in it.
        dts: seconds between frames, without end.
        rng: random choices.
    """
    onset = float(np.clip(onset, 0.1, length - 0.3))
    aborted = rng.random() < 0.125
    turn = onset + rng.uniform(0.1, 0.25) if aborted else length - rng.uniform(0.0, 0.15)
    hold_from = min(onset + _COMMITTED, turn - 0.05)
    stops = [rng.uniform(0.0, onset * 0.8), turn]
    if not aborted:
        for _ in range(rng.integers(0, 3)):  # hold it longer than the clip does
            stops += [rng.uniform(hold_from, turn), turn]
    stops += [0.0]
    for _ in range(rng.integers(0, 8) if rng.random() < 0.9 else 40):  # idle
        stops += [rng.uniform(0.0, onset * 0.8)]
    return _walk(stops, dts, rng, onset, given_up=aborted)


def performed_path(
    length: float, onset: float, offset: float, dts: Iterator[float], rng: np.random.Generator
) -> PlaybackPath:
    """A clip that holds the whole of a gesture and the way back, played once from its beginning to its end.

    Args:
        length: seconds of the clip.
        onset: seconds until the gesture begins.
        offset: seconds until the hand begins to go back.
        dts: seconds between frames, without end.
        rng: random choices.
    """
    path = _walk([0.0, length], dts, rng, onset, given_up=False)
    leaving = np.clip((path.clip_times - offset - _ENTER) / RAMP, 0.0, 1.0)
    return replace(path, degree=np.minimum(path.degree, 1.0 - leaving))


def idle_path(length: float, dts: Iterator[float], rng: np.random.Generator) -> PlaybackPath:
    """A clip without a gesture, back and forth for a while."""
    stops = [rng.uniform(0.0, length / 2), length]
    for _ in range(rng.integers(0, 4)):
        stops += [rng.uniform(0.0, length / 2), length]
    return _walk(stops, dts, rng, onset=None, given_up=True)


def _walk(
    stops: list[float], dts: Iterator[float], rng: np.random.Generator, onset: float | None, *, given_up: bool
) -> PlaybackPath:
    at = stops[0]
    times, passed, degree = [], [], []
    for stop in stops[1:]:
        speed = float(np.exp(rng.uniform(-0.25, 0.3)))
        forward = stop > at
        while (at < stop) if forward else (at > stop):
            dt = next(dts)
            at = at + speed * dt if forward else at - speed * dt
            times.append(at)
            passed.append(dt)
            if onset is None or given_up:
                degree.append(0.0)
            else:
                since = at - onset - (_ENTER if forward else _LEAVE)
                degree.append(float(np.clip(since / RAMP, 0.0, 1.0)))
    return PlaybackPath(np.array(times), np.array(passed), np.array(degree))


def frame_times(rng: np.random.Generator) -> Iterator[float]:
    """Seconds between frames of one random camera: 8 to 40 a second, jitter, a frame lost now and then."""
    fps = float(np.exp(rng.uniform(np.log(8.0), np.log(40.0))))
    jitter = rng.uniform(0.0, 0.3) if rng.random() < 0.5 else 0.0
    loss = rng.uniform(0.0, 0.1) if rng.random() < 0.3 else 0.0
    while True:
        lost = int(rng.integers(1, 5)) if rng.random() < loss else 0
        yield (1 + lost) / fps * float(1.0 + jitter * rng.uniform(-1, 1))


def sample_clip(
    features: ClipFeatures, path: PlaybackPath, classes: tuple[str, ...], *, first: bool
) -> Chunk:
    """The frames of `features` along `path`, by linear interpolation between neighbouring frames."""
    position = np.interp(path.clip_times, features.times, np.arange(len(features.times)))
    low = np.floor(position).astype(int)
    high = np.minimum(low + 1, len(features.times) - 1)
    share = (position - low).astype(np.float32)[:, None, None]
    keypoints = (1 - share) * features.keypoints[low] + share * features.keypoints[high]
    target = np.zeros((len(position), len(classes)), np.float32)
    target[:, classes.index(features.gesture)] = path.degree
    target[:, classes.index(NONE)] += 1.0 - path.degree if features.gesture != NONE else 1.0
    if features.gesture == NONE:
        target[:] = 0.0
        target[:, classes.index(NONE)] = 1.0
    hands = np.zeros((len(position), HAND_VALUES), np.float32)
    if features.hands is not None:
        # Not between two frames: they may show different hands.
        hands = features.hands[np.round(position).astype(int)]
    numbers = None if features.numbers is None else features.numbers[np.round(position).astype(int)]
    return Chunk(keypoints, path.dt.astype(np.float32), target, first, hands, numbers)


def mirror_image(features: ClipFeatures) -> ClipFeatures:
    """The same clip in a mirror: left joints are right ones, `point_left` is `point_right`."""
    keypoints = features.keypoints[:, list(MIRRORED)].copy()
    keypoints[..., 0] = 1.0 - keypoints[..., 0]
    hands = None
    if features.hands is not None:
        hands = features.hands.copy()
        hands[:, -1] *= -1  # left hands are mirrored already
    return replace(features, gesture=mirrored(features.gesture), keypoints=keypoints, hands=hands)


def other_body(keypoints: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """The same motion by somebody with other proportions and other habits, under another angle.

    Habits are constant turns of the upper arm about the shoulder and of the forearm about the elbow.

    Args:
        keypoints: (T, J, 3) of one clip.
        rng: random choices, one body for the whole clip.

    Returns:
        (T, J, 3), visibility as it was.
    """
    out = keypoints.copy()
    joints = out.shape[1]
    middle = out[:, :, :2].mean((0, 1), keepdims=True)
    stretch = np.exp(rng.uniform(-0.16, 0.16, 2))
    turn, lean = rng.uniform(-0.12, 0.12, 2)
    matrix = np.array([[np.cos(turn), -np.sin(turn) + lean], [np.sin(turn), np.cos(turn)]]) * stretch
    out[:, :, :2] = (out[:, :, :2] - middle) @ matrix.T + middle
    out[:, :, :2] += rng.normal(0.0, 0.008, (1, joints, 2))  # bones of other lengths
    for shoulder, elbow, arm, hand in ARMS:
        turn_about(out, shoulder, arm, rng.normal(0.0, _UPPER_ARM))
        turn_about(out, elbow, hand, rng.normal(0.0, _FOREARM))
    return np.asarray(out, np.float32)


def turn_about(keypoints: NDArray[np.float32], pivot: int, joints: list[int], angle: float) -> None:
    """Turn `joints` about `pivot` by `angle` radians, in place."""
    middle = keypoints[:, [pivot], :2]
    arm = keypoints[:, joints, :2] - middle
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    keypoints[:, joints, :2] = middle + arm @ matrix.T


def other_hand(hands: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """The same shapes by another hand: larger or smaller, turned, fingers of other lengths; rarely not found.

    Args:
        hands: (T, HAND_VALUES) of one clip.
        rng: random choices, one hand for the whole clip.
    """
    out: NDArray[np.float32] = hands.copy()
    if rng.random() < 0.1:
        out[:, -2] = 0.0
        return out
    shape = out[:, : 3 * HAND_LANDMARKS].reshape(len(out), HAND_LANDMARKS, 3)  # a view: changes `out`
    turn = rng.normal(0.0, 0.15)
    scale = np.exp(rng.normal(0.0, 0.12, 2))
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * scale
    shape[..., :2] = shape[..., :2] @ matrix.T
    out[:, -5:-3] = out[:, -5:-3] @ matrix.T  # whereto the palm faces
    shape += rng.normal(0.0, 0.012, (1, HAND_LANDMARKS, 3))
    shape += rng.normal(0.0, rng.uniform(0.0, 0.02), shape.shape)
    out[:, 3 * HAND_LANDMARKS : -2] += rng.normal(0.0, 0.05, (1, HAND_SHAPE))
    return out


class StreamMaker:
    """An endless stream of one random person after another, cut into chunks of equal length."""

    def __init__(
        self, clips: list[ClipFeatures], classes: tuple[str, ...], chunk: int, rng: np.random.Generator
    ) -> None:
        """Args: clips: to choose from. classes: of the target. chunk: frames a chunk. rng: random choices."""
        self._classes, self._chunk, self._rng = classes, chunk, rng
        self._by_person: dict[str, dict[str, list[ClipFeatures]]] = {}
        for features in clips:
            person = self._by_person.setdefault(features.clip.subject, {})
            person.setdefault(features.gesture, []).append(features)

    def chunks(self) -> Iterator[Chunk]:
        """Chunks of `chunk` frames; `first` marks where the state has to be emptied."""
        while True:
            yield from self.stream()

    def stream(self) -> Iterator[Chunk]:
        """The chunks of one more stream, the first of which is marked."""
        return self._stream(int(self._rng.integers(3, 9)))

    def _stream(self, clips: int) -> Iterator[Chunk]:
        rng = self._rng
        person = self._by_person[str(rng.choice(sorted(self._by_person)))]
        dts = frame_times(rng)
        parts = []
        for _ in range(clips):
            # One in five is no gesture; otherwise every gesture is equally likely.
            idle = NONE in person and (rng.random() < 0.2 or len(person) == 1)
            gesture = NONE if idle else str(rng.choice(sorted(set(person) - {NONE})))
            features = person[gesture][rng.integers(len(person[gesture]))]
            if rng.random() < 0.5:
                features = mirror_image(features)
            hands = None if features.hands is None else other_hand(features.hands, rng)
            features = replace(features, keypoints=other_body(features.keypoints, rng), hands=hands)
            parts.append(sample_clip(features, _path(features, dts, rng), self._classes, first=False))
        joined = [
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("keypoints", "dt", "target", "hands")
        ]
        known = [part.numbers for part in parts if part.numbers is not None]
        numbers = np.concatenate(known) if len(known) == len(parts) else None
        # The rest that does not fill a chunk is dropped; streams have random lengths anyway.
        for number in range(len(joined[0]) // self._chunk):
            piece = slice(number * self._chunk, (number + 1) * self._chunk)
            keypoints, dt, target, hands = (values[piece] for values in joined)
            yield Chunk(
                keypoints, dt, target, number == 0, hands, None if numbers is None else numbers[piece]
            )


def _path(features: ClipFeatures, dts: Iterator[float], rng: np.random.Generator) -> PlaybackPath:
    length = float(features.times[-1])
    if features.gesture == NONE or features.clip.onset is None:
        return idle_path(length, dts, rng)
    if features.clip.offset is not None:
        return performed_path(length, features.clip.onset, features.clip.offset, dts, rng)
    return gesture_path(length, features.clip.onset, dts, rng)
