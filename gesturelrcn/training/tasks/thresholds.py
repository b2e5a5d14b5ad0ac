"""Set the thresholds of each gesture on people who were not trained on."""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from gesturelrcn.decoding import Decoder, Evidence
from gesturelrcn.evaluation.curve import BUDGET, shifted
from gesturelrcn.evaluation.matching import LATE, Counts, match_starts
from gesturelrcn.events import GestureEvent, Phase
from gesturelrcn.model.network import LRCN
from gesturelrcn.recordings.truth import Activity, TrueGesture
from gesturelrcn.thresholds import Sensitivity, Thresholds
from gesturelrcn.training.config.config import ThresholdSettings
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.tasks.stream_sampling import Chunk, StreamMaker
from gesturelrcn.vocabulary import NONE, mirrored

STARTS = (0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.98, 0.99)
"""Start thresholds that are tried, lowest first."""

DELAYS = (0.0, 0.1, 0.3, 0.5)
"""Seconds that are tried for which a score must stay above the threshold."""

BUDGETS: Mapping[Sensitivity, float] = {"careful": 1 / 3, "normal": 1.0, "eager": 3.0}
"""How many times the false starts that a config allows each operating point may have."""

_RAISES = tuple(0.5 * step for step in range(15))
"""What is added to the logit of all thresholds to see what fewer false starts cost."""

_DELAY = 0.1  # where none is chosen
_UNTRIED = 0.7
_BELOW = 0.25  # an active gesture ends this much below its start threshold
_RECALL_A_SECOND = 0.2  # share of what is found that must be gained where it is decided a second later
_END_AFTER = 0.35
_STILL = 1.0  # seconds for which the first frame stands still before a clip, as if the person waited
_CHUNK = 64  # frames that are given to the network at once; it says the same for any number
_ROUNDS = 24  # of making false starts dearer where there are too many
_DEARER, _CHEAPEST = 1.5, 0.1
_BEFORE = 0.05  # seconds by which a gesture begins before its target begins to rise


def with_start(start: float, start_after: float = _DELAY) -> Thresholds:
    """Thresholds that begin at `start`, held for `start_after` seconds."""
    return Thresholds(start, max(min(0.3, start - 0.1), start - _BELOW), start_after, _END_AFTER)


@dataclass(frozen=True)
class ScoredStream:
    """What the network says on a stream, and what was true.

    Attributes:
        times: (T,) seconds.
        scores: (T, C) softmax.
        truth: gestures in order of time; none in a gesture-free stream.
        kind: of footage, where false starts in it have a budget of their own; else "".
        untold: stretches of which nobody can say what they are; what starts there counts for nothing.
    """

    times: NDArray[np.float64]
    scores: NDArray[np.float32]
    truth: list[TrueGesture]
    kind: str = ""
    untold: tuple[Activity, ...] = ()

    def counts(self, classes: Sequence[str], thresholds: dict[str, Thresholds]) -> Counts:
        """What the decoder makes of it with these thresholds."""
        highest = self.scores.max(axis=0)
        if all(highest[classes.index(name)] < limits.start for name, limits in thresholds.items()):
            return match_starts(self.truth, [])  # nothing starts; an average is no higher
        events = decoded_events(classes, thresholds, self.scores, self.times)
        return match_starts(self.truth, known_events(events, self.untold))

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


@dataclass(frozen=True)
class _Tally:
    """What one threshold brings of one gesture, all gestures at the same.

    Attributes:
        late: seconds from the onset to the decision of each that is found.
        wrong: starts that are wrong, by kind of footage; "" where the footage has no budget.
        idle: those of the wrong ones that fall into streams without a gesture and without a budget.
    """

    late: tuple[float, ...]
    wrong: Counter[str]
    idle: int

    def with_that(self, other: "_Tally") -> "_Tally":
        """Both together."""
        return _Tally(self.late + other.late, self.wrong + other.wrong, self.idle + other.idle)

    def worth(self, prices: Mapping[str, float]) -> float:
        """What is found, less a fifth for each second until the decision, less the price of wrong starts."""
        found = len(self.late)
        median = float(np.median(self.late)) if found else 0.0
        paid = sum(prices[kind] * count for kind, count in self.wrong.items())
        return found * (1 - _RECALL_A_SECOND * max(0.0, median)) - paid


def _tried(classes: Sequence[str], streams: Sequence[ScoredStream], limits: Thresholds) -> dict[str, _Tally]:
    """What these thresholds bring of each gesture, the same for all."""
    gestures = [name for name in classes if name != NONE]
    late: dict[str, list[float]] = {name: [] for name in gestures}
    wrong: dict[str, Counter[str]] = {name: Counter() for name in gestures}
    idle: Counter[str] = Counter()
    for stream in streams:
        counts = stream.counts(classes, dict.fromkeys(gestures, limits))
        for gesture, event in counts.matched:
            late[event.gesture].append(event.decided_at - gesture.onset)
        for event in (*counts.wrong_class, *counts.spurious):
            wrong[event.gesture][stream.kind] += 1
        if not stream.truth and not stream.kind:
            idle.update(event.gesture for event in counts.spurious)
    return {name: _Tally(tuple(late[name]), wrong[name], idle[name]) for name in gestures}


@dataclass(frozen=True)
class ThresholdTrials:
    """Every threshold and time above it tried on the same streams, so that several choices cost one trial.

    All gestures move together while one is tried, since they compete.

    Attributes:
        classes: of the scores.
        streams: of people whom the network does not know.
        tallies: by time above the threshold and threshold, of each gesture.
    """

    classes: tuple[str, ...]
    streams: tuple[ScoredStream, ...]
    tallies: dict[tuple[float, float], dict[str, _Tally]]

    @classmethod
    def on(cls, classes: Sequence[str], streams: Sequence[ScoredStream]) -> "ThresholdTrials":
        """Try every threshold on these streams; see the attributes."""
        # The highest threshold first, and the shortest delay last: of equals, the earliest decision counts.
        steps = itertools.product(reversed(DELAYS), reversed(STARTS))
        return cls(
            tuple(classes),
            tuple(streams),
            {(delay, start): _tried(classes, streams, with_start(start, delay)) for delay, start in steps},
        )

    def and_on(self, other: "ThresholdTrials") -> "ThresholdTrials":
        """The trials on the streams of both, which need not be repeated."""
        tallies = {
            step: {name: tally.with_that(other.tallies[step][name]) for name, tally in mine.items()}
            for step, mine in self.tallies.items()
        }
        return ThresholdTrials(self.classes, (*self.streams, *other.streams), tallies)

    def choose(
        self, settings: ThresholdSettings, budgets: Mapping[str, float] = MappingProxyType({})
    ) -> dict[str, Thresholds]:
        """For each gesture the threshold, and the time above it, that are worth most and keep to `settings`.

        Worth is what is found, less a fifth of it for each second from the onset to the decision (the
        median), less `wrong_start` for each start that is wrong. Where nothing keeps to `settings`, or what
        does is worth nothing, it is `otherwise`. A gesture that is not in the streams and is never seen there
        gets 0.7: nothing speaks for or against it. Of the false triggers that are allowed in an hour each
        gesture gets the same share. Gestures that are each other's mirror image are judged together and get
        the same: streams are learnt from in mirror images, and half as many people say less.
        """
        return self.completed(self.worthwhile(settings, budgets), settings)

    def completed(
        self, chosen: Mapping[str, Thresholds], settings: ThresholdSettings
    ) -> dict[str, Thresholds]:
        """`worthwhile` with thresholds for the other gestures too, see `choose`."""
        seen = {one.gesture for stream in self.streams for one in stream.truth}
        for tallies in self.tallies.values():
            seen |= {name for name, tally in tallies.items() if tally.late or tally.wrong}
        return {
            name: chosen.get(name, with_start(settings.otherwise if name in seen else _UNTRIED))
            for name in self.classes
            if name != NONE
        }

    def worthwhile(
        self, settings: ThresholdSettings, budgets: Mapping[str, float] = MappingProxyType({})
    ) -> dict[str, Thresholds]:
        """The same, without those gestures for which no threshold is worth anything.

        A wrong start in footage that has a budget costs nothing at first, and more and more until the budget
        is kept, so that those gestures give way which lose least by it; gestures that are left out are taken
        not to start at all.

        Args:
            settings: see `ThresholdSettings`.
            budgets: false starts allowed in an hour, by kind of footage; other kinds cost `wrong_start`.
        """
        prices = {stream.kind: settings.wrong_start for stream in self.streams}
        prices |= dict.fromkeys(set(budgets) & set(prices), 0.0)
        chosen = self._best(settings, prices)
        for _ in range(_ROUNDS):
            over = [
                kind
                for kind in set(budgets) & set(prices)
                if self._false_starts(kind, chosen) > budgets[kind] * self._hours(kind)
            ]
            if not over:
                break
            prices |= {kind: max(_DEARER * prices[kind], _CHEAPEST) for kind in over}
            chosen = self._best(settings, prices)
        return chosen

    def _best(self, settings: ThresholdSettings, prices: Mapping[str, float]) -> dict[str, Thresholds]:
        """Of those gestures for which some threshold is worth something the one that is worth most."""
        idle = settings.false_triggers_per_hour * free_hours(self.streams) / max(1, len(self.classes) - 1)
        chosen: dict[str, Thresholds] = {}
        best: dict[str, float] = {}
        for (delay, start), tallies in self.tallies.items():
            for name, own in tallies.items():
                tally, share = own, idle
                if (other := mirrored(name)) != name and other in tallies:
                    tally, share = own.with_that(tallies[other]), 2 * idle
                found, wrong = len(tally.late), tally.wrong[""]
                precise = found and found / (found + wrong) >= settings.precision
                within = not settings.false_triggers_per_hour or tally.idle <= share
                worth = tally.worth(prices)
                if precise and within and worth >= best.get(name, 0.0):
                    chosen[name], best[name] = with_start(start, delay), worth
        return chosen

    def _false_starts(self, kind: str, thresholds: dict[str, Thresholds]) -> int:
        counted = [s.counts(self.classes, thresholds) for s in self.streams if s.kind == kind]
        return sum(len(counts.wrong_class) + len(counts.spurious) for counts in counted)

    def _hours(self, kind: str) -> float:
        return sum(stream.hours for stream in self.streams if stream.kind == kind)


def free_hours(streams: Sequence[ScoredStream]) -> float:
    """Hours of those streams in which nobody makes a gesture, and which have no budget of their own."""
    return sum(stream.hours for stream in streams if not stream.truth and not stream.kind)


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
    false = sum(len(c.spurious) for stream, c in counted if not stream.truth and not stream.kind)
    footage: dict[str, dict[str, float]] = {}
    for stream, c in counted:
        if stream.kind:
            of_kind = footage.setdefault(stream.kind, {"hours": 0.0, "false_starts": 0})
            of_kind["hours"] += stream.hours
            of_kind["false_starts"] += len(c.wrong_class) + len(c.spurious)
    return {
        "hours": round(sum(stream.hours for stream, _ in counted), 3),
        "per_gesture": per_gesture,
        "gesture_free": {"hours": round(hours, 3), "false_triggers": false},
        "footage": footage,
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
        false = sum(len(c.spurious) for stream, c in counted if not stream.truth and not stream.kind)
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


def known_events(events: Sequence[GestureEvent], untold: Sequence[Activity]) -> list[GestureEvent]:
    """Without the gestures that start where nobody knows what is being done."""
    unknown = {
        event.id
        for event in events
        if event.phase is Phase.START
        and any(stretch.start <= event.decided_at <= stretch.end + LATE for stretch in untold)
    }
    return [event for event in events if event.id not in unknown]


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
