"""Set the thresholds of each gesture on people who were not trained on."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from gesturelrcn.decoding import Decoder, Evidence
from gesturelrcn.evaluation.curve import BUDGET, shifted
from gesturelrcn.evaluation.matching import Counts, match_starts
from gesturelrcn.events import GestureEvent
from gesturelrcn.model.network import LRCN
from gesturelrcn.recordings.truth import TrueGesture
from gesturelrcn.thresholds import Thresholds
from gesturelrcn.training.config.config import ThresholdSettings
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.tasks.stream_sampling import Chunk, StreamMaker
from gesturelrcn.vocabulary import NONE

STARTS = (0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.98, 0.99)
"""Start thresholds that are tried, lowest first."""

DELAYS = (0.0, 0.1, 0.3, 0.5)
"""Seconds that are tried for which a score must stay above the threshold."""

_RAISES = tuple(0.5 * step for step in range(15))
"""What is added to the logit of all thresholds to see what fewer false starts cost."""

_DELAY = 0.1  # where none is chosen
_UNTRIED = 0.7
_BELOW = 0.25  # an active gesture ends this much below its start threshold
_RECALL_A_SECOND = 0.2  # share of what is found that must be gained where it is decided a second later
_END_AFTER = 0.35
_STILL = 1.0  # seconds for which the first frame stands still before a clip, as if the person waited
_CHUNK = 64  # frames that are given to the network at once; it says the same for any number
_BEFORE = 0.05  # seconds by which a gesture begins before its target begins to rise


def with_start(start: float, start_after: float = _DELAY) -> Thresholds:
    """Thresholds that begin at `start`, held for `start_after` seconds."""
    return Thresholds(start, max(0.3, start - _BELOW), start_after, _END_AFTER)


@dataclass(frozen=True)
class ScoredStream:
    """What the network says on a stream, and what was true.

    Attributes:
        times: (T,) seconds.
        scores: (T, C) softmax.
        truth: gestures in order of time; none in a gesture-free stream.
    """

    times: NDArray[np.float64]
    scores: NDArray[np.float32]
    truth: list[TrueGesture]

    def counts(self, classes: Sequence[str], thresholds: dict[str, Thresholds]) -> Counts:
        """What the decoder makes of it with these thresholds."""
        return match_starts(self.truth, decoded_events(classes, thresholds, self.scores, self.times))

    @property
    def hours(self) -> float:
        """Length."""
        return float(self.times[-1]) / 3600


def validation_streams(
    model: LRCN, clips: Sequence[ClipFeatures], hours: float, seed: int = 0
) -> list[ScoredStream]:
    """Streams stitched from `clips`, half of the time without a gesture where there are such clips.

    Args:
        model: taught; its state is carried through each stream.
        clips: of people held out.
        hours: length of all streams together.
        seed: of every random choice.
    """
    idle = [features for features in clips if features.gesture == NONE]
    busy = [features for features in clips if features.gesture != NONE]
    streams: list[ScoredStream] = []
    for number, (chosen, length) in enumerate(((list(clips), hours / (1 + bool(idle))), (idle, hours / 2))):
        if not chosen or (number == 0 and not busy):
            continue
        maker = StreamMaker(chosen, model.config.classes, _CHUNK, np.random.default_rng((seed, number)))
        stitched = 0.0
        while stitched < length:
            if (stream := _scored(model, list(maker.stream()))) is not None:
                streams.append(stream)
                stitched += stream.hours
    return streams


def _scored(model: LRCN, chunks: list[Chunk]) -> ScoredStream | None:
    if not chunks:
        return None  # shorter than a chunk
    state = model.initial_state()
    scores = []
    with torch.inference_mode():
        for chunk in chunks:
            hands = torch.from_numpy(chunk.hands)[None] if model.config.hand_size else None
            joints, dt = torch.from_numpy(chunk.keypoints)[None], torch.from_numpy(chunk.dt)[None]
            logits, _, state = model.temporal_pass(joints, hands, dt, state)
            scores.append(logits.softmax(-1)[0].numpy())
    times = np.cumsum(np.concatenate([chunk.dt for chunk in chunks]).astype(np.float64))
    target = np.concatenate([chunk.target for chunk in chunks])
    return ScoredStream(times, np.concatenate(scores), _truth(target, times, model.config.classes))


def _truth(
    target: NDArray[np.float32], times: NDArray[np.float64], classes: Sequence[str]
) -> list[TrueGesture]:
    """A gesture lasts as long as its target is above 0."""
    gestures = []
    for number, name in enumerate(classes):
        if name == NONE:
            continue
        going_on = np.concatenate([[False], target[:, number] > 0, [False]]).astype(np.int8)
        steps = np.diff(going_on)
        for first, after in zip(np.flatnonzero(steps == 1), np.flatnonzero(steps == -1), strict=True):
            gestures.append(TrueGesture(name, max(0.0, times[first] - _BEFORE), float(times[after - 1])))
    return sorted(gestures, key=lambda gesture: gesture.onset)


def choose_thresholds(
    classes: Sequence[str], streams: Sequence[ScoredStream], settings: ThresholdSettings
) -> dict[str, Thresholds]:
    """For each gesture the threshold, and the time above it, that are worth most and keep to `settings`.

    Worth is what is found, less a fifth of it for each second from the onset to the decision (the median),
    less `wrong_start` for each start that is wrong. Where nothing keeps to `settings`, or what does is worth
    nothing, it is `otherwise`. A gesture that is not in the streams and is never seen there gets 0.7: nothing
    speaks for or against it.

    All gestures move together while one is tried, since they compete. Of the false triggers that are
    allowed in an hour each gesture gets the same share.
    """
    gestures = [name for name in classes if name != NONE]
    chosen = {name: with_start(settings.otherwise) for name in gestures}
    free = free_hours(streams)
    allowed = settings.false_triggers_per_hour * free / max(1, len(gestures))
    true = {name: sum(one.gesture == name for s in streams for one in s.truth) for name in gestures}
    tried = {name for name in gestures if true[name]}
    best = dict.fromkeys(gestures, 0.0)
    # The highest threshold first, and the shortest delay last: of equals, the earliest decision counts.
    for delay, start in itertools.product(reversed(DELAYS), reversed(STARTS)):
        everywhere = {name: with_start(start, delay) for name in gestures}
        counted = [(stream, stream.counts(classes, everywhere)) for stream in streams]
        for name in gestures:
            late = [e.decided_at - g.onset for _, c in counted for g, e in c.matched if e.gesture == name]
            right = len(late)
            wrong = sum(e.gesture == name for _, c in counted for e in (*c.wrong_class, *c.spurious))
            idle = sum(e.gesture == name for s, c in counted if not s.truth for e in c.spurious)
            within = not settings.false_triggers_per_hour or idle <= allowed
            if right or wrong:
                tried.add(name)
            worth = -settings.wrong_start * wrong
            if right:
                worth += right * (1 - _RECALL_A_SECOND * max(0.0, float(np.median(late))))
            if right and right / (right + wrong) >= settings.precision and within and worth >= best[name]:
                chosen[name], best[name] = with_start(start, delay), worth
    return {name: limit if name in tried else with_start(_UNTRIED) for name, limit in chosen.items()}


def free_hours(streams: Sequence[ScoredStream]) -> float:
    """Hours of those streams in which nobody makes a gesture."""
    return sum(stream.hours for stream in streams if not stream.truth)


def figures_at(
    classes: Sequence[str], streams: Sequence[ScoredStream], thresholds: dict[str, Thresholds]
) -> dict[str, Any]:
    """Recall and precision of each gesture, and false triggers in an hour without gestures, on `streams`."""
    counted = [(stream, stream.counts(classes, thresholds)) for stream in streams]
    per_gesture = {}
    for name in thresholds:
        right = sum(e.gesture == name for _, c in counted for _, e in c.matched)
        missed = sum(g.gesture == name for _, c in counted for g in c.missed)
        wrong = sum(e.gesture == name for _, c in counted for e in (*c.wrong_class, *c.spurious))
        per_gesture[name] = {
            "start": thresholds[name].start,
            "true": right + missed,
            "recall": round(right / (right + missed), 3) if right + missed else None,
            "precision": round(right / (right + wrong), 3) if right + wrong else None,
        }
    hours = free_hours(streams)
    false = sum(len(c.spurious) for stream, c in counted if not stream.truth)
    return {
        "hours": round(sum(stream.hours for stream, _ in counted), 3),
        "per_gesture": per_gesture,
        "gesture_free": {"hours": round(hours, 3), "false_triggers": false},
    }


def trade_off(
    classes: Sequence[str], streams: Sequence[ScoredStream], thresholds: dict[str, Thresholds]
) -> list[dict[str, float]]:
    """What is found, and what starts falsely in an hour without gestures, as all thresholds are raised.

    Returns:
        For each raise on the logit scale, from none on: `raised`, `recall` over all gestures in `streams` and
        `false_triggers_per_hour`; nothing where no hour is without gestures.
    """
    hours = free_hours(streams)
    true = sum(len(stream.truth) for stream in streams)
    points: list[dict[str, float]] = []
    if not hours or not true:
        return points
    for by in _RAISES:
        higher = shifted(thresholds, by)
        counted = [(stream, stream.counts(classes, higher)) for stream in streams]
        matched = sum(len(counts.matched) for _, counts in counted)
        false = sum(len(counts.spurious) for stream, counts in counted if not stream.truth)
        points.append({"raised": by, "recall": matched / true, "false_triggers_per_hour": false / hours})
        if not matched:
            break
    return points


def within_budget(points: Sequence[dict[str, float]]) -> float | None:
    """The best recall of a `trade_off` with no more than 0.5 false triggers an hour, or None."""
    recalls = [point["recall"] for point in points if point["false_triggers_per_hour"] <= BUDGET]
    return max(recalls, default=None)


def clip_scores(model: LRCN, features: ClipFeatures) -> NDArray[np.float32]:
    """(T, C) scores of the frames of a clip, after a second in which its first frame stands still."""
    still = int(_STILL * features.clip.fps)
    order = np.r_[np.zeros(still, int), np.arange(len(features.times))]
    keypoints = torch.from_numpy(features.keypoints[order])[None]
    steps = np.r_[np.full(still + 1, 1.0 / features.clip.fps), np.diff(features.times)]
    dt = torch.from_numpy(steps.astype(np.float32))[None]
    with torch.inference_mode():
        hands = None
        if features.hands is not None and model.config.hand_size:
            hands = torch.from_numpy(features.hands[order])[None]
        logits, _, _ = model.temporal_pass(keypoints, hands, dt, model.initial_state())
    return np.asarray(logits.softmax(-1)[0, still:].numpy(), np.float32)


def clip_counts(
    classes: Sequence[str],
    thresholds: dict[str, Thresholds],
    features: ClipFeatures,
    scores: NDArray[np.float32],
) -> Counts:
    """What the decoder makes of the scores of one clip, against its truth."""
    end = float(features.times[-1])
    onset = features.clip.onset
    truth = [] if onset is None else [TrueGesture(features.gesture, onset, max(onset, end))]
    return match_starts(truth, decoded_events(classes, thresholds, scores, features.times))


def decoded_events(
    classes: Sequence[str],
    thresholds: dict[str, Thresholds],
    scores: NDArray[np.float32],
    times: NDArray[Any],
) -> list[GestureEvent]:
    """The events of a stream of (T, C) scores at these times, seconds; its end ends what is active."""
    decoder = Decoder(classes, thresholds)
    events = [
        event
        for frame, at in zip(scores, times, strict=True)
        for event in decoder.step(Evidence(frame, float(at), float(at)))
    ]
    return [*events, *decoder.reset()]


def validation_figures(model: LRCN, clips: Sequence[ClipFeatures]) -> dict[str, float]:
    """Recall, wrong starts and clip accuracy on `clips` at one threshold for all, to watch a training."""
    classes = model.config.classes
    limits = {name: with_start(0.6) for name in classes if name != NONE}
    matched = true = wrong = right = 0
    for features in clips:
        scores = clip_scores(model, features)
        counts = clip_counts(classes, limits, features, scores)
        matched += len(counts.matched)
        true += len(counts.matched) + len(counts.missed)
        wrong += len(counts.wrong_class) + len(counts.spurious)
        right += classes[int(scores[len(scores) // 2 :].mean(0).argmax())] == features.gesture
    return {
        "recall": round(matched / max(true, 1), 3),
        "wrong": wrong,
        "clip_accuracy": round(right / max(len(clips), 1), 3),
    }
