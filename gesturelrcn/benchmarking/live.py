"""The whole program at a live source: what it costs, how old frames are, and what it decides when."""

import os
import sys
import threading
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gesturelrcn.actions import (
    Decision,
    Dispatcher,
    DryRunInjector,
    Injector,
    choose_injector,
    parse_bindings,
)
from gesturelrcn.benchmarking.camera import number_in
from gesturelrcn.benchmarking.timing import Samples, rounded
from gesturelrcn.capture import Frame
from gesturelrcn.events import GestureEvent
from gesturelrcn.observation import Observation
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.stream.stream import GestureStream

KEYS = "abcdefghijklmnopqrstuvwxyz"
"""The key of the first gesture of the model, of the second, and so on."""
PATIENCE = 120.0
"""Seconds to wait for the person to be found."""


def measure(
    url: str,
    seconds: float,
    model: str = "default",
    warm_up: float = 4.0,
    press: bool = False,
    somebody: bool = True,
) -> dict[str, Any]:
    """Run it.

    Args:
        url: of the source.
        seconds: to measure.
        model: name or card.
        warm_up: seconds before, in which everything is loaded.
        somebody: also wait until the person is found.
        press: really press keys, on the display that DISPLAY names.

    Returns:
        `cpu`: shares of one core, in total and by thread; `memory_mb`; `frame_path` and `age` (of a frame
        when its events are there) as `Samples.summary`; `frames`, `dropped`; `decisions`: each start of a
        gesture that fired a binding.
    """
    with ExitStack() as stack:
        watched = stack.enter_context(closing(Watched(Recognizer(model, live=True))))
        keys = dict(zip(watched.gestures, KEYS, strict=False))
        text = "".join(f'[[bind]]\ngesture = "{name}"\nkey = "{key}"\n' for name, key in keys.items())
        injector: Injector = choose_injector().make() if press else DryRunInjector(lambda line: None)
        stack.callback(injector.close)
        dispatcher = stack.enter_context(Dispatcher(parse_bindings(text, list(keys)), injector))
        stream = stack.enter_context(GestureStream(url, recognizer=watched))
        meter = Meter()

        def clock() -> None:
            time.sleep(warm_up)
            patience = time.monotonic() + PATIENCE
            while somebody and watched.view.region is None and time.monotonic() < patience:
                time.sleep(0.05)
            watched.clear()
            meter.start()
            time.sleep(seconds)
            meter.stop()
            stream.stop()

        threading.Thread(target=clock, daemon=True).start()
        fired: list[Decision] = []
        dispatcher.add_listener(
            lambda news: fired.append(news) if isinstance(news, Decision) and news.fired else None
        )
        for event in stream:
            fired.clear()
            dispatcher.handle(event)
            if fired:
                watched.decided(event, keys[event.gesture])
        return {**meter.figures(), **watched.figures()}


@dataclass
class Watched:
    """A recogniser whose every frame is timed."""

    recognizer: Recognizer
    path: Samples = field(default_factory=Samples)
    age: Samples = field(default_factory=Samples)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    _indices: list[int] = field(default_factory=list)
    _number: int | None = None

    @property
    def gestures(self) -> list[str]:
        """As the recogniser's."""
        return self.recognizer.gestures

    @property
    def view(self) -> Observation:
        """As the recogniser's."""
        return self.recognizer.view

    def process(self, frame: Frame) -> Observation:
        """As the recogniser's."""
        began = time.perf_counter()
        observation = self.recognizer.process(frame)
        self.path.wall.append(time.perf_counter() - began)
        self.age.wall.append(time.monotonic() - frame.captured_at)
        self._indices.append(frame.index)
        if observation.events:
            self._number = number_in(frame.image)
        return observation

    def finish(self, at: float) -> list[GestureEvent]:
        """As the recogniser's."""
        return self.recognizer.finish(at)

    def close(self) -> None:
        """As the recogniser's."""
        self.recognizer.close()

    def clear(self) -> None:
        """Forget what was measured so far, but no decision."""
        self.path, self.age, self._indices = Samples(), Samples(), []

    def decided(self, event: GestureEvent, key: str) -> None:
        """Note a decision after what is bound to it was done."""
        self.decisions.append(
            {
                "gesture": event.gesture,
                "key": key,
                "picture": self._number,
                "captured_at": event.captured_at,
                "decided_at": event.decided_at,
                "pressed_at": time.monotonic(),
            }
        )

    def figures(self) -> dict[str, Any]:
        """What was measured."""
        seen = self._indices[-1] - self._indices[0] + 1 if self._indices else 0
        return {
            "frame_path": self.path.summary(),
            "age": self.age.summary(),
            "frames": len(self._indices),
            "dropped": seen - len(self._indices),
            "decisions": self.decisions,
        }


class Meter:
    """Processor time of this process, by thread, and its memory."""

    def __init__(self) -> None:
        self._began = self._ended = (time.monotonic(), time.process_time())
        self._threads: dict[int, float] = {}
        self._names: dict[int, str] = {}
        self._used: dict[str, float] = {}
        self._memory = 0.0

    def start(self) -> None:
        """Begin to count."""
        self._threads = thread_times()
        self._began = (time.monotonic(), time.process_time())

    def stop(self) -> None:
        """End counting."""
        self._ended = (time.monotonic(), time.process_time())
        names = {thread.native_id: thread.name for thread in threading.enumerate()}
        self._used = {}
        for thread, seconds in thread_times().items():
            name = names.get(thread, "native threads").partition(" ")[0].partition("-1")[0]
            used = seconds - self._threads.get(thread, 0.0)
            self._used[name] = self._used.get(name, 0.0) + used
        self._memory = resident_mb()

    def figures(self) -> dict[str, Any]:
        """Shares of one core, 0 to 1, and megabytes."""
        passed = max(1e-9, self._ended[0] - self._began[0])
        threads = {name: rounded(used / passed) for name, used in self._used.items() if used / passed > 5e-4}
        total = (self._ended[1] - self._began[1]) / passed
        ordered = dict(sorted(threads.items(), key=lambda item: -item[1]))
        return {"cpu": {"total": rounded(total), "threads": ordered}, "memory_mb": rounded(self._memory)}


def thread_times() -> dict[int, float]:
    """Seconds of processor time by thread; empty where the system does not tell."""
    seconds = {}
    for task in Path("/proc/self/task").glob("*"):
        try:
            seconds[int(task.name)] = int((task / "schedstat").read_text(encoding="ascii").split()[0]) / 1e9
        except (OSError, ValueError, IndexError):  # the thread has just ended
            continue
    return seconds


def resident_mb() -> float:
    """Megabytes of memory that this process holds now; its peak where the system tells no more."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        import resource  # not on Windows

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1e6 if sys.platform == "darwin" else peak / 1e3
