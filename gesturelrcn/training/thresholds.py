"""Set the thresholds of each gesture on people who were not trained on."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from gesturelrcn.decoding import Decoder, Evidence
from gesturelrcn.evaluation.matching import Counts, TrueGesture, match_starts
from gesturelrcn.events import GestureEvent
from gesturelrcn.model.card import Thresholds
from gesturelrcn.model.network import LRCN
from gesturelrcn.training.features import SeenClip
from gesturelrcn.vocabulary import NONE

STARTS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Start thresholds that are tried, lowest first."""

_BELOW = 0.25  # an active gesture ends this much below its start threshold
_START_AFTER = 0.1
_END_AFTER = 0.35
_STILL = 1.0  # seconds for which the first frame stands still before a clip, as if the person waited


def with_start(start: float) -> Thresholds:
    """Thresholds that begin at `start`."""
    return Thresholds(start, max(0.3, start - _BELOW), _START_AFTER, _END_AFTER)


def clip_scores(model: LRCN, seen: SeenClip) -> NDArray[np.float32]:
    """(T, C) scores of the frames of a clip, after a second in which its first frame stands still."""
    still = int(_STILL * seen.clip.fps)
    order = np.r_[np.zeros(still, int), np.arange(len(seen.times))]
    keypoints = torch.from_numpy(seen.keypoints[order])[None]
    dt = torch.full((1, len(order)), 1.0 / seen.clip.fps)
    with torch.inference_mode():
        logits, _ = model.remember(keypoints, dt, model.initial_state())
    return np.asarray(logits.softmax(-1)[0, still:].numpy(), np.float32)


def clip_counts(
    classes: Sequence[str], thresholds: dict[str, Thresholds], seen: SeenClip, scores: NDArray[np.float32]
) -> Counts:
    """What the decoder makes of the scores of one clip, against its truth."""
    decoder = Decoder(classes, thresholds)
    events: list[GestureEvent] = []
    for frame, at in zip(scores, seen.times, strict=True):
        events += decoder.step(Evidence(frame, float(at), float(at)))
    end = float(seen.times[-1])
    truth = [] if seen.clip.onset is None else [TrueGesture(seen.gesture, seen.clip.onset, end)]
    return match_starts(truth, events)


def choose_thresholds(
    model: LRCN, validation: Sequence[SeenClip], precision: float = 0.8
) -> dict[str, Thresholds]:
    """The lowest start threshold of each gesture that reaches `precision`; the highest where none does.

    All gestures move together while one is tried, since they compete.
    """
    classes = model.config.classes
    scored = [(seen, clip_scores(model, seen)) for seen in validation]
    chosen = {name: with_start(STARTS[-1]) for name in classes if name != NONE}
    for start in reversed(STARTS):
        everywhere = {name: with_start(start) for name in chosen}
        counts = [clip_counts(classes, everywhere, seen, scores) for seen, scores in scored]
        for name in chosen:
            right = sum(e.gesture == name for c in counts for _, e in c.matched)
            wrong = sum(e.gesture == name for c in counts for e in (*c.wrong_class, *c.spurious))
            if right and right / (right + wrong) >= precision:
                chosen[name] = with_start(start)
    return chosen
