"""Streams stitched from clips, with what the clips lack: return strokes, long holds, idle, aborted gestures.

The real clips begin idle and end while the gesture is held. Played backwards, the way into a gesture is
a way out of it; so a stream goes idle - gesture - held - back - idle without a cut, for as long as wanted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import HAND_LANDMARKS, HAND_SHAPE, HAND_VALUES, KEYPOINTS, MIRRORED
from gesturelrcn.recordings.truth import TrueGesture
from gesturelrcn.training.data.clip_features import UNKNOWN_HAND, ClipFeatures
from gesturelrcn.vocabulary import GESTURES, NONE, mirrored

RAMP = 0.3
"""Seconds over which the target passes from `none` to the gesture."""

STROKE_RAMP, STROKE_STAYS = 0.12, 0.35
"""The same for strokes in whole streams, which last half a second; how long the target stays after one."""

UNSEEN = 0.25
"""Share of clips whose hands are not told, where there are clips in which nobody looked at hands: what joints
say alone is to be learnt from all."""

_ENTER = 0.05  # seconds after onset at which the target begins to rise
_LEAVE = 0.3  # seconds after onset, on the way back, at which the target has begun to fall
_COMMITTED = 0.6  # seconds after onset when the stroke is done and holding begins

_LENT = 0.6  # share of streams without hands that get those of others: hands alone say no gesture of a stream
_SHORTEST, _LONGEST = 15.0, 60.0  # seconds of a whole stream that are played at a time
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
        told: (T,) float32, 0 where nobody can say what the target is, else 1; None for 1 everywhere.
    """

    keypoints: NDArray[np.float32]
    dt: NDArray[np.float32]
    target: NDArray[np.float32]
    first: bool
    hands: NDArray[np.float32]
    numbers: NDArray[np.float32] | None = None
    told: NDArray[np.float32] | None = None


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
    length: float, gesture: TrueGesture, dts: Iterator[float], rng: np.random.Generator
) -> PlaybackPath:
    """A clip that holds the whole of a gesture and the way back, played once from its beginning to its end.

    Args:
        length: seconds of the clip.
        gesture: what happens in it.
        dts: seconds between frames, without end.
        rng: random choices.
    """
    path = _walk([0.0, length], dts, rng, None, given_up=True)
    return replace(path, degree=_degree(gesture, path.clip_times))


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
    position = _positions(features, path.clip_times)
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


def _positions(features: ClipFeatures, at: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.interp(at, features.times, np.arange(len(features.times)))


def sample_stream(
    features: ClipFeatures, times: NDArray[np.float64], dt: NDArray[np.float64], classes: tuple[str, ...]
) -> Chunk:
    """A whole stream at these times of it, seconds, with `dt` seconds between frames; see `sample_clip`."""
    still = PlaybackPath(times, dt, np.zeros(len(times)))
    chunk = sample_clip(features, still, classes, first=False)
    target = np.zeros((len(times), len(classes)), np.float32)
    for one in features.gestures or ():
        if one.gesture in classes:
            number = classes.index(one.gesture)
            target[:, number] = np.maximum(target[:, number], _degree(one, times))
    most = target.sum(1, keepdims=True)
    target /= np.maximum(most, 1.0)
    target[:, classes.index(NONE)] += 1.0 - target.sum(1)
    told = np.ones(len(times), np.float32)
    for stretch in features.untold:
        told[(times >= stretch.start) & (times <= stretch.end + RAMP)] = 0.0
    return replace(chunk, target=target, told=told)


def _degree(gesture: TrueGesture, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """(T,) 0 to 1, how much of a gesture of a stream is to be told."""
    known = GESTURES.get(gesture.gesture)
    stroke = known is not None and known.kind == "stroke" and np.isfinite(gesture.stroke_end)
    ramp = STROKE_RAMP if stroke else RAMP
    rising = (times - gesture.onset - _ENTER) / ramp
    last = gesture.stroke_end + STROKE_STAYS if stroke else gesture.offset + _ENTER
    return np.clip(np.minimum(rising, 1.0 - (times - last) / ramp), 0.0, 1.0)


def mirror_image(features: ClipFeatures) -> ClipFeatures:
    """The same clip in a mirror: left joints are right ones, `point_left` is `point_right`."""
    keypoints = features.keypoints[:, list(MIRRORED)].copy()
    keypoints[..., 0] = 1.0 - keypoints[..., 0]
    hands = None
    if features.hands is not None:
        hands = features.hands.copy()
        hands[:, -1] *= -1  # left hands are mirrored already
    gestures = features.gestures
    if gestures is not None:
        gestures = tuple(replace(one, gesture=mirrored(one.gesture)) for one in gestures)
    return replace(
        features, gesture=mirrored(features.gesture), keypoints=keypoints, hands=hands, gestures=gestures
    )


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


def other_hand(
    hands: NDArray[np.float32], rng: np.random.Generator, unseen: float = 0.0
) -> NDArray[np.float32]:
    """The same shapes by another hand: larger or smaller, turned, fingers of other lengths; rarely not found.

    Args:
        hands: (T, HAND_VALUES) of one clip.
        rng: random choices, one hand for the whole clip.
        unseen: how often, 0 to 1, nobody looked at it.
    """
    out: NDArray[np.float32] = hands.copy()
    if nobody_looked(hands):
        return out
    if unseen and rng.random() < unseen:
        out[:] = UNKNOWN_HAND
        return out
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
        self,
        clips: list[ClipFeatures],
        classes: tuple[str, ...],
        chunk: int,
        rng: np.random.Generator,
        hands: Sequence[NDArray[np.float32]] = (),
        unseen: float = 0.0,
    ) -> None:
        """Set up the streams.

        Args:
            clips: to choose from.
            classes: of the target.
            chunk: frames a chunk.
            rng: random choices.
            hands: (T, HAND_VALUES) of other people's clips, lent to streams in which nobody looked at hands.
            unseen: how often nobody looked at the hands of a clip that has some, 0 to 1.
        """
        self._classes, self._chunk, self._rng = classes, chunk, rng
        self._hands, self._unseen = hands, unseen
        self._by_person: dict[str, dict[str, list[ClipFeatures]]] = {}
        self._streams: dict[str, list[ClipFeatures]] = {}
        for features in clips:
            if features.gestures is not None:
                self._streams.setdefault(features.clip.subject, []).append(features)
                continue
            person = self._by_person.setdefault(features.clip.subject, {})
            person.setdefault(features.gesture, []).append(features)

    def chunks(self) -> Iterator[Chunk]:
        """Chunks of `chunk` frames; `first` marks where the state has to be emptied."""
        while True:
            yield from self.stream()

    def stream(self) -> Iterator[Chunk]:
        """The chunks of one more stream, the first of which is marked."""
        rng = self._rng
        whole = len(self._streams) / (len(self._streams) + len(self._by_person))
        if self._streams and (whole == 1.0 or rng.random() < whole):
            return self._whole_stream()
        return self._stream(int(rng.integers(3, 9)))

    def _whole_stream(self) -> Iterator[Chunk]:
        """A part of a stream as it was, at another rate and somewhat faster or slower."""
        rng = self._rng
        person = self._streams[str(rng.choice(sorted(self._streams)))]
        features = self._with_hands(_another(person[rng.integers(len(person))], rng, self._unseen))
        length = float(features.times[-1])
        lasts = min(length, float(rng.uniform(_SHORTEST, _LONGEST)))
        begin = float(rng.uniform(0.0, length - lasts))
        speed, passed = float(np.exp(rng.uniform(-0.2, 0.25))), 0.0
        dt: list[float] = []
        for step in frame_times(rng):
            passed += step
            if passed * speed > lasts:
                break
            dt.append(step)
        at = begin + speed * np.cumsum(dt)
        yield from self._chunks([sample_stream(features, at, np.array(dt), self._classes)])

    def _with_hands(self, features: ClipFeatures) -> ClipFeatures:
        """The same with somebody's hands, there and back, often: a hand alone must not tell such a stream."""
        rng = self._rng
        if features.hands is None or not self._hands or rng.random() >= _LENT:
            return features
        lent = other_hand(self._hands[rng.integers(len(self._hands))], rng)
        around = np.r_[np.arange(len(lent)), np.arange(len(lent))[::-1]]
        number = around[(np.arange(len(features.times)) + rng.integers(len(around))) % len(around)]
        return replace(features, hands=lent[number])

    def _stream(self, clips: int) -> Iterator[Chunk]:
        rng = self._rng
        person = self._by_person[str(rng.choice(sorted(self._by_person)))]
        dts = frame_times(rng)
        parts = []
        for _ in range(clips):
            # One in five is no gesture; otherwise every gesture is equally likely.
            idle = NONE in person and (rng.random() < 0.2 or len(person) == 1)
            gesture = NONE if idle else str(rng.choice(sorted(set(person) - {NONE})))
            features = _another(person[gesture][rng.integers(len(person[gesture]))], rng, self._unseen)
            parts.append(sample_clip(features, _path(features, dts, rng), self._classes, first=False))
        yield from self._chunks(parts)

    def _chunks(self, parts: list[Chunk]) -> Iterator[Chunk]:
        joined = Chunk(
            **{
                name: np.concatenate([getattr(part, name) for part in parts])
                for name in ("keypoints", "dt", "target", "hands")
            },
            first=True,
            numbers=_joined([part.numbers for part in parts]),
            told=_joined([part.told for part in parts]),
        )
        # The rest that does not fill a chunk is dropped; streams have random lengths anyway.
        for number in range(len(joined.dt) // self._chunk):
            piece = slice(number * self._chunk, (number + 1) * self._chunk)
            yield _piece(joined, piece)


def nobody_looked(hands: NDArray[np.float32]) -> bool:
    """Whether these are hands (T, HAND_VALUES) that nobody looked at."""
    return bool((hands == UNKNOWN_HAND).all())


def _another(features: ClipFeatures, rng: np.random.Generator, unseen: float) -> ClipFeatures:
    """The same by another body and another hand, half of the time in a mirror."""
    if rng.random() < 0.5:
        features = mirror_image(features)
    hands = None if features.hands is None else other_hand(features.hands, rng, unseen)
    return replace(features, keypoints=other_body(features.keypoints, rng), hands=hands)


def _joined(parts: Sequence[NDArray[np.float32] | None]) -> NDArray[np.float32] | None:
    """One after another; None where one is missing."""
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if len(known) == len(parts) else None


def _piece(whole: Chunk, piece: slice) -> Chunk:
    """Some frames of a stream."""
    return Chunk(
        whole.keypoints[piece],
        whole.dt[piece],
        whole.target[piece],
        piece.start == 0,
        whole.hands[piece],
        None if whole.numbers is None else whole.numbers[piece],
        None if whole.told is None else whole.told[piece],
    )


def _path(features: ClipFeatures, dts: Iterator[float], rng: np.random.Generator) -> PlaybackPath:
    length = float(features.times[-1])
    if features.gesture == NONE or features.clip.onset is None:
        return idle_path(length, dts, rng)
    if features.clip.offset is not None:
        stroke_end = np.nan if features.clip.stroke_end is None else features.clip.stroke_end
        gesture = TrueGesture(features.gesture, features.clip.onset, features.clip.offset, stroke_end)
        return performed_path(length, gesture, dts, rng)
    return gesture_path(length, features.clip.onset, dts, rng)
