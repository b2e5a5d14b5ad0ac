"""Streams through the whole recogniser, person locator included, by several processes."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.evaluation.conditions import Condition
from gesturelrcn.evaluation.stitching import Played, StreamPlan, StreamTruth
from gesturelrcn.events import GestureEvent
from gesturelrcn.model import Engine, EngineName, load_model
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.system.opencv import cv2
from gesturelrcn.system.worker_pool import leave_to_parent, worker_pool
from gesturelrcn.thresholds import AS_USUAL, Sensitivities

StreamsProgress = Callable[[int, int], None]
"""Is told how many streams are done and how many there are."""


@dataclass(frozen=True, eq=False)
class Trace:
    """What the network said in a stream, so that other thresholds can be tried without it.

    Attributes:
        times: (T,) seconds of the frames.
        scores: (T, C) float32 in the order of the card's classes; NaN where nobody was seen.
        fresh: (T,) bool: memory and evidence were empty before this frame.
    """

    times: NDArray[np.float64]
    scores: NDArray[np.float32]
    fresh: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class StreamResult:
    """What happened in one stream.

    Attributes:
        plan: the stream.
        truth: what really happened.
        events: all events, the end of the stream included.
        trace: scores of all frames, or None where events came from elsewhere.
        repeated: frames that showed the picture of the frame before.
    """

    plan: StreamPlan
    truth: StreamTruth
    events: list[GestureEvent]
    trace: Trace | None = None
    repeated: int = 0


class _Listening:
    """An engine that remembers what it answered. See `gesturelrcn.model.engine.Engine`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.card = engine.card
        self.scores: NDArray[np.float32] | None = None
        self.fresh = True

    def initial_state(self) -> Any:
        self.fresh = True
        return self._engine.initial_state()

    def step(self, *arguments: Any, **named: Any) -> Any:
        result = self._engine.step(*arguments, **named)
        self.scores = result.scores
        return result

    def take(self) -> tuple[NDArray[np.float32] | None, bool]:
        """Scores of the last frame if the network ran, and whether its memory was empty before."""
        taken = self.scores, self.fresh
        self.scores, self.fresh = None, False
        return taken

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


def run_stream(
    plan: StreamPlan,
    engine: Engine,
    condition: Condition | None = None,
    sensitivities: Sensitivities = AS_USUAL,
) -> StreamResult:
    """Play one stream through a new recogniser, as `gesturelrcn run` would a recording.

    Raises:
        CaptureError: a film does not decode.
    """
    truth = StreamTruth()
    played = (condition or Condition()).play(plan, truth)
    listening = _Listening(engine)
    general, turned_on = sensitivities.general, sensitivities.turned_on
    recognizer = Recognizer(listening, sensitivity=general, turn_on=turned_on)
    tracing = _Tracing(len(engine.card.classes))
    events: list[GestureEvent] = []
    repeated, previous, at = 0, None, 0.0
    try:
        for one in played:
            at = one.frame.captured_at
            events += recognizer.process(one.frame)
            tracing.add(at, *listening.take())
            repeated += previous is not None and _same_picture(previous, one)
            previous = one
        events += recognizer.finish(at)
    finally:
        recognizer.close()
    return StreamResult(plan, truth, events, tracing.done(), repeated)


def _same_picture(one: Played, other: Played) -> bool:
    return (one.clip, one.index) == (other.clip, other.index)


@dataclass
class _Tracing:
    classes: int
    times: list[float] = field(default_factory=list)
    scores: list[NDArray[np.float32]] = field(default_factory=list)
    fresh: list[bool] = field(default_factory=list)

    def add(self, at: float, scores: NDArray[np.float32] | None, fresh: bool) -> None:
        self.times.append(at)
        self.scores.append(np.full(self.classes, np.nan, np.float32) if scores is None else scores)
        self.fresh.append(fresh)

    def done(self) -> Trace:
        scores = np.stack(self.scores) if self.scores else np.zeros((0, self.classes), np.float32)
        return Trace(np.array(self.times), scores, np.array(self.fresh, bool))


def run_streams(
    plans: Sequence[StreamPlan],
    model: str | Path,
    engine: EngineName = "onnxruntime",
    condition: Condition | None = None,
    workers: int = 1,
    progress: StreamsProgress = lambda done, of: None,
    sensitivities: Sensitivities = AS_USUAL,
) -> list[StreamResult]:
    """Play all streams; the results are in the order of `plans`, whatever the number of workers.

    Raises:
        GestureLrcnError: the model cannot be loaded, or a worker was killed.
    """
    loaded = load_model(model, engine)  # in here too, so that what is wrong with it is said at once
    progress(0, len(plans))
    if workers <= 1 or len(plans) <= 1:
        results = []
        for plan in plans:
            results.append(run_stream(plan, loaded, condition, sensitivities))
            progress(len(results), len(plans))
        return results
    context, task = multiprocessing.get_context("spawn"), (model, engine, condition, sensitivities)
    advice = "try again with fewer --workers"
    with worker_pool(min(workers, len(plans)), context, _begin_work, task, advice) as pool:
        # The longest first, or the last worker would be alone with one of them.
        order = sorted(range(len(plans)), key=lambda number: -len(plans[number].clips))
        futures = {number: pool.submit(_work, plans[number]) for number in order}
        _wait_for(list(futures.values()), progress)
    return [futures[number].result() for number in range(len(plans))]


def _wait_for(futures: list["Future[StreamResult]"], progress: StreamsProgress) -> None:
    waiting = set(futures)
    while waiting:
        finished, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
        for future in finished:
            future.result()
        if finished:
            progress(len(futures) - len(waiting), len(futures))


@dataclass(frozen=True)
class _Task:
    engine: Engine
    condition: Condition | None
    sensitivities: Sensitivities


_tasks: list[_Task] = []
"""One in every worker, none in the parent."""


def _begin_work(
    model: str | Path, engine: EngineName, condition: Condition | None, sensitivities: Sensitivities
) -> None:
    """First thing in every worker: it leaves Ctrl-C to the parent, and never outlives it."""
    leave_to_parent()
    cv2.setNumThreads(1)
    _tasks.append(_Task(load_model(model, engine), condition, sensitivities))


def _work(plan: StreamPlan) -> StreamResult:
    (task,) = _tasks
    return run_stream(plan, task.engine, task.condition, task.sensitivities)
