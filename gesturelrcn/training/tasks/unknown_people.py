"""Streams of people whom a network has not learnt from, with what it says of every frame."""

from collections.abc import Iterable, Sequence

import numpy as np

from gesturelrcn.model.network import LRCN
from gesturelrcn.thresholds import Sensitivity
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.data.feature_sets import FeatureSet
from gesturelrcn.training.tasks.held_out_streams import stream_scores
from gesturelrcn.training.tasks.thresholds import BUDGETS, ScoredStream, clip_scores, validation_streams


def budgets_of(sets: Iterable[FeatureSet]) -> dict[Sensitivity, dict[str, float]]:
    """False starts that are allowed in an hour at each operating point, by kind of footage."""
    allowed = {kind: most for of in sets for kind, most in of.budgets.items()}
    return {point: {kind: times * most for kind, most in allowed.items()} for point, times in BUDGETS.items()}


def streams_of_people(
    model: LRCN, clips: Sequence[tuple[FeatureSet, ClipFeatures]], hours: float, seed: int = 0
) -> list[ScoredStream]:
    """Footage with a budget and whole streams as they are, the other clips stitched.

    Args:
        model: taught without these people.
        clips: each with the set that it is of.
        hours: of what is stitched; each set gets its share by weight.
        seed: of every random choice.
    """
    streams = _as_they_are(model, clips)
    for some, share in _by_weight([(of, clip) for of, clip in clips if is_stitched(of, clip)]):
        streams += validation_streams(model, some, hours * share, seed)
    return streams


def is_stitched(of: FeatureSet, clip: ClipFeatures) -> bool:
    """Whether it is put together with others: footage with a budget, and whole streams, stay as they are."""
    return clip.gestures is None and not of.footage_of(clip.clip)


def _by_weight(clips: Sequence[tuple[FeatureSet, ClipFeatures]]) -> list[tuple[list[ClipFeatures], float]]:
    """The clips of each set, and the share of the time that they get: as much as in training."""
    by_set: dict[FeatureSet, list[ClipFeatures]] = {}
    for of, clip in clips:
        by_set.setdefault(of, []).append(clip)
    whole = sum(of.weight for of in by_set)
    return [(some, of.weight / whole) for of, some in by_set.items()]


def _as_they_are(model: LRCN, clips: Sequence[tuple[FeatureSet, ClipFeatures]]) -> list[ScoredStream]:
    """Footage with a budget and whole streams, each once, as its own camera saw it."""
    seen: set[tuple[str, str]] = set()
    scored = []
    for of, clip in clips:
        if is_stitched(of, clip) or (of.name, clip.clip.name) in seen:
            continue
        seen.add((of.name, clip.clip.name))
        whole = clip.gestures is not None
        scores = stream_scores(model, clip) if whole else clip_scores(model, clip)
        truth = [one for one in clip.gestures or () if one.gesture in of.classes]
        kind = of.footage_of(clip.clip)
        scored.append(ScoredStream(clip.times.astype(np.float64), scores, truth, kind, clip.untold))
    return scored
