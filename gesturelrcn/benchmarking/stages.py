"""What each stage of the frame path costs, and the whole path, live, with the locator."""

import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.actions import Bindings, Dispatcher, RecordingInjector, parse_bindings
from gesturelrcn.benchmarking.engines import engine_with
from gesturelrcn.benchmarking.pictures import person_in, recorded
from gesturelrcn.benchmarking.timing import Samples
from gesturelrcn.capture import Frame, LiveSource
from gesturelrcn.decoding import Decoder, Evidence, acting_hand
from gesturelrcn.events import GestureEvent, Phase
from gesturelrcn.model import Engine, EngineName
from gesturelrcn.model.streaming import FIRST_DT, ModelOutput, Pictures, StreamingModel
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.region import Region
from gesturelrcn.region.people_network import PeopleNetwork

FRAMES = 120
"""Frames of the recording that are shown in turn."""
WARM_UP = 20
_SLOW = 20.0
"""Frames a second of a camera whose every frame is looked at."""


def measure(
    model: str = "default",
    engine: EngineName = "onnxruntime",
    threads: int = 1,
    source: str = "sample",
    size: tuple[int, int] | None = None,
    rounds: int = 600,
    every_stage: bool = True,
) -> dict[str, Any]:
    """Time the stages of the frame path.

    Args:
        model: name or card.
        engine: what runs it.
        threads: that share one step.
        source: a recording.
        size: (width, height) of the pictures; default those of the recording.
        rounds: frames for each figure.
        every_stage: also capture and dispatch, which depend on neither engine nor threads.

    Returns:
        Per stage what `Samples.summary` says, and `picture`, the size of the frames.
    """
    frames = recorded(source, FRAMES, tuple(size) if size else None)  # type: ignore[arg-type]
    region = person_in(frames)
    loaded = engine_with(model, engine, threads)
    stages: dict[str, Samples] = {}
    if every_stage:
        stages["capture"] = hand_over([frame.image for frame in frames], rounds)
    stages |= path_by_stage(loaded, frames, region, rounds)
    stages["frame_path"] = whole_path(loaded, frames, rounds)
    if every_stage:
        stages["locate"] = locate(frames, rounds)
    if every_stage:
        stages["dispatch"] = dispatch(loaded.card.gestures, rounds)
    height, width = frames[0].image.shape[:2]
    return {"stages": {name: one.summary() for name, one in stages.items()}, "picture": [width, height]}


def as_live(frames: Sequence[Frame], fps: float = _SLOW) -> Iterator[Frame]:
    """The frames again and again, as a live source delivers them: on the clock, without media time."""
    began = time.monotonic()
    for index, frame in enumerate(itertools.cycle(frames)):
        yield replace(frame, captured_at=began + index / fps, index=index, media_time=None)


class StagedPath:
    """The stages of `Recognizer.process` one by one, so that each can be timed."""

    def __init__(self, engine: Engine, region: Region) -> None:
        self._model = StreamingModel(engine)
        self._region = region
        self._decoder = Decoder(engine.card.classes, engine.card.thresholds)

    def crop(self, image: NDArray[np.uint8]) -> Pictures:
        """Cut out what the model looks at: body and hand."""
        return self._model.cut(image, self._region)

    def step(self, pictures: Pictures, dt: float = FIRST_DT) -> ModelOutput:
        """Advance the model, and choose where it looks next."""
        return self._model.advance(pictures, dt)

    def decode(self, output: ModelOutput, at: float) -> list[GestureEvent]:
        """Where the acting hand is, and what the scores decide."""
        hand, position = acting_hand(output.keypoints)
        return self._decoder.step(Evidence(output.scores, at, time.monotonic(), hand, position))

    def reset(self) -> None:
        """Begin with an empty memory."""
        self._model.reset()


def path_by_stage(engine: Engine, frames: Sequence[Frame], region: Region, rounds: int) -> dict[str, Samples]:
    """Crop, step and decode, frame by frame; and their sum as `frame_path_alone`: no locator."""
    path = StagedPath(engine, region)
    stages = {name: Samples() for name in ("crop", "step", "decode", "frame_path_alone")}
    for number, frame in enumerate(itertools.islice(as_live(frames), WARM_UP + rounds)):
        if number == WARM_UP:
            stages = {name: Samples() for name in stages}
        with stages["frame_path_alone"].call():
            with stages["crop"].call():
                pictures = path.crop(frame.image)
            with stages["step"].call():
                output = path.step(pictures)
            with stages["decode"].call():
                path.decode(output, frame.captured_at)
    return stages


def whole_path(engine: Engine, frames: Sequence[Frame], rounds: int) -> Samples:
    """`Recognizer.process` live, of frames that are looked at: frame in, events out, locator and all."""
    samples = Samples()
    with closing(Recognizer(engine, live=True)) as recognizer:
        patience = time.monotonic() + 60.0
        while recognizer.view.region is None and time.monotonic() < patience:
            recognizer.process(replace(frames[0], captured_at=time.monotonic(), media_time=None))
            time.sleep(0.01)
        counted = 0
        while counted < WARM_UP + rounds:
            frame = frames[counted % len(frames)]
            # So far apart that each is looked at: what is passed over costs next to nothing.
            at = time.monotonic() + counted / _SLOW
            now = replace(frame, captured_at=at, index=counted, media_time=None)
            with samples.call():
                recognizer.process(now)
            counted += 1
    samples.wall, samples.cpu = samples.wall[WARM_UP:], samples.cpu[WARM_UP:]
    return samples


def locate(frames: Sequence[Frame], rounds: int) -> Samples:
    """One look of our own locator: everybody in a picture."""
    network, samples = PeopleNetwork(), Samples()
    for number, frame in enumerate(itertools.islice(itertools.cycle(frames), WARM_UP + rounds)):
        if number == WARM_UP:
            samples = Samples()
        with samples.call():
            network.find(frame.image)
    return samples


def hand_over(images: Sequence[NDArray[np.uint8]], rounds: int, fps: float = 200.0) -> Samples:
    """From the moment a device has taken a picture to the moment the loop holds it."""
    samples = Samples()
    device = _Device(images, fps)
    with LiveSource("a device of the benchmark", open_device=lambda: device) as source:
        while len(samples.wall) < rounds:
            frame = source.newest(1.0)
            if frame is not None:
                samples.wall.append(time.monotonic() - frame.captured_at)
    return samples


class _Device:
    """Takes pictures at an even pace and hands over a copy of each, as a driver does."""

    def __init__(self, images: Sequence[NDArray[np.uint8]], fps: float) -> None:
        self._images = itertools.cycle(images)
        self._period = 1.0 / fps
        self._due = time.monotonic()

    def grab(self) -> bool:
        self._due = max(self._due + self._period, time.monotonic())
        time.sleep(max(0.0, self._due - time.monotonic()))
        return True

    def retrieve(self) -> tuple[bool, NDArray[np.uint8]]:
        return True, next(self._images).copy()

    def release(self) -> None:
        pass


def dispatch(gestures: Sequence[str], rounds: int, bound: int = 1) -> Samples:
    """From an event to the call that presses the key, with so many bindings.

    Args:
        gestures: names that are bound in turn.
        rounds: gestures.
        bound: number of bindings.
    """
    injector = _Stamping()
    samples = Samples()
    with Dispatcher(bindings_for(gestures, bound), injector, ticking=False) as dispatcher:
        for number in range(rounds):
            at = 10.0 * number
            event = _event(gestures[0], Phase.START, number, at)
            began, busy = time.perf_counter(), time.thread_time()
            dispatcher.handle(event)
            samples.cpu.append(time.thread_time() - busy)
            samples.wall.append(injector.pressed_at - began)
            dispatcher.handle(_event(gestures[0], Phase.END, number, at + 1.0))
    return samples


def bindings_for(gestures: Sequence[str], bound: int) -> Bindings:
    """So many bindings; the first one presses a key at the start of the first gesture."""
    lines = [f'[[bind]]\ngesture = "{gestures[0]}"\nkey = "Right"\n']
    for number in range(1, bound):
        gesture = gestures[number % len(gestures)]
        lines.append(f'[[bind]]\ngesture = "{gesture}"\nkey = "F5"\non = "hold"\nafter = {number + 1}.0\n')
    return parse_bindings("".join(lines), list(gestures), "bindings of the benchmark")


def _event(gesture: str, phase: Phase, number: int, at: float) -> GestureEvent:
    return GestureEvent(gesture, phase, number, 0.9, at, at, None, None)


class _Stamping(RecordingInjector):
    """Notes when it was told to press."""

    pressed_at = 0.0

    def press(self, key: Any) -> None:
        self.pressed_at = time.perf_counter()
