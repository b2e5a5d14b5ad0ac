"""A stream of scores as a model would give for somebody who presents: gestures, return strokes, idle talk."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gesturelrcn.actions import Dispatcher
from gesturelrcn.decoding import Decoder, Evidence
from gesturelrcn.model import ModelCard
from gesturelrcn.vocabulary import mirrored

_FPS = 20
_SETTLE = 1.2
"""Seconds of idle talk around each gesture."""


@dataclass(frozen=True)
class Act:
    """A gesture, held for so many seconds; the hand comes back the way it went."""

    gesture: str
    seconds: float = 0.6


def frames(acts: Sequence[Act], card: ModelCard, seed: int = 1) -> Iterator[dict[str, float]]:
    """Scores of what is not `none`, frame by frame at 20 frames a second: as sure as the card asks for."""
    chance = random.Random(seed)

    def idle(seconds: float) -> Iterator[dict[str, float]]:
        for _ in range(round(seconds * _FPS)):
            # Talking with the hands looks a little like pointing.
            yield {chance.choice(["point_left", "point_right", "wave"]): chance.uniform(0.0, 0.42)}

    yield from idle(_SETTLE)
    for act in acts:
        for step in (0.3, 0.7):
            yield {act.gesture: step}
        limits = card.thresholds[act.gesture]
        sure = max(0.93, (1 + limits.start) / 2)
        for _ in range(round((act.seconds + limits.start_after) * _FPS)):
            yield {act.gesture: chance.uniform(sure, 0.999)}
        back = mirrored(act.gesture)
        for _ in range(round(0.35 * _FPS)):
            yield {back if back != act.gesture else "wave": chance.uniform(0.7, 0.95)}
        yield from idle(_SETTLE)


def perform(acts: Sequence[Act], card: ModelCard, dispatcher: Dispatcher) -> int:
    """Play the stream at its own pace through decoder and dispatcher; returns how many gestures started."""
    decoder = Decoder(card.classes, card.thresholds)
    starts = 0
    began = time.monotonic()
    for number, scores in enumerate(frames(acts, card)):
        at = began + number / _FPS
        time.sleep(max(0.0, at - time.monotonic()))
        vector = np.zeros(len(card.classes), np.float32)
        for name, score in scores.items():
            vector[card.classes.index(name)] = score
        vector[card.classes.index("none")] = 1.0 - vector.sum()
        events = decoder.step(Evidence(vector, at, time.monotonic()))
        dispatcher.see(decoder.evident, at)
        for event in events:
            starts += event.phase == "start"
            dispatcher.handle(event)
    return starts
