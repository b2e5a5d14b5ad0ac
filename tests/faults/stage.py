"""A scene, a camera that shows it, a stream that watches it, and keys that are held while a gesture lasts."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np

from gesturelrcn.capture import Frame, LiveSource, Source, SourceChange
from gesturelrcn.events import GestureEvent, Phase
from gesturelrcn.region import BackgroundFollower, Region, crop
from gesturelrcn.stream.stream import GestureStream
from tests.colours import ColourRecognizer
from tests.mjpeg_server import MjpegServer
from tests.waiting import PATIENCE, wait_until

FPS = 30
COLOURS = {"none": (110, 110, 110), "raise_hand": (40, 220, 40), "point_right": (220, 40, 40)}
SIZE = (120, 176)


class Scene:
    """What the camera sees: a colour is a gesture. Each picture has noise of its own, as a sensor's has."""

    def __init__(self) -> None:
        self.gesture = "none"
        self.size = SIZE
        self.grey = False
        self._noise = np.random.default_rng(0)

    def __iter__(self) -> Iterator[np.ndarray]:
        while True:
            yield self.picture()

    def picture(self) -> np.ndarray:
        """What is seen now: (H, W, 3) uint8 BGR, or (H, W) where the camera has turned grey."""
        picture = np.full((*self.size, 3), COLOURS[self.gesture], np.uint8)
        rows = picture[-16:]
        rows[:] = (
            self._noise.integers(0, 255, (2, rows.shape[1] // 8 + 1, 3), np.uint8)
            .repeat(8, 0)
            .repeat(8, 1)[:, : rows.shape[1]]
        )
        return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if self.grey else picture


class FakeLocator:
    """Sees somebody in the middle of every picture, until told otherwise.

    Attributes:
        made: how often one was made.
        on_make: called when one is made; may raise or block.
        finds: what `locate` returns; may raise or block.
    """

    def __init__(self) -> None:
        self.made = 0
        self.mend()

    def mend(self) -> None:
        """Work as it should."""
        self.on_make: Callable[[], object] = lambda: None
        self.finds: Callable[[np.ndarray, float], Region | None] = somebody

    def make(self) -> "FakeLocator":
        """For `BackgroundFollower(fake.make)`."""
        self.made += 1
        self.on_make()
        return self

    def locate(self, image: np.ndarray, at: float) -> Region | None:
        return self.finds(image, at)

    def close(self) -> None:
        """Nothing is held."""


def somebody(image: np.ndarray, at: float) -> Region:
    """As large as the picture is high."""
    height, width = image.shape[:2]
    return Region(width / 2, height / 2, float(height), 1.0, at)


class LocatingRecognizer(ColourRecognizer):
    """Knows no gesture where there is nobody; looks for people beside the loop, as a live stream does."""

    def __init__(self, fake: FakeLocator) -> None:
        super().__init__()
        self._follower = BackgroundFollower(fake.make)

    def process(self, frame: Frame) -> list[GestureEvent]:
        region = self._follower.follow(frame.image, frame.captured_at)
        if region is None:
            return self.finish(frame.captured_at)
        crop(frame.image, region, 64)
        return super().process(frame)

    def close(self) -> None:
        self._follower.close()


@dataclass
class Watching:
    """A stream at work in a thread of its own, and what it has told.

    Attributes:
        stream: the stream.
        scene: what the camera sees.
        events: all events with the time of their arrival at the callback.
        changes: changes of the source.
        down: gestures that are held at the moment, as keys would be.
        ended: set once the loop has ended; `failure` is what it raised.
    """

    stream: GestureStream
    scene: Scene
    recognizer: ColourRecognizer
    events: list[tuple[float, GestureEvent]] = field(default_factory=list)
    changes: list[SourceChange] = field(default_factory=list)
    down: set[str] = field(default_factory=set)
    ended: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None

    def take(self, event: GestureEvent) -> None:
        """Note an event, and hold its key as long as the gesture lasts."""
        self.events.append((time.monotonic(), event))
        if event.phase == Phase.START:
            self.down.add(event.gesture)
        elif event.phase == Phase.END:
            self.down.discard(event.gesture)

    def run(self) -> None:
        """The loop."""
        try:
            self.stream.run()
        except BaseException as error:  # told to whoever asks
            self.failure = error
        finally:
            self.ended.set()

    def starts(self) -> int:
        """How many gestures have begun."""
        return sum(event.phase == Phase.START for _, event in self.events)

    def states(self) -> list[str]:
        """What the source was doing, one after the other."""
        return [str(change.state) for change in self.changes]

    def until(self, condition: Callable[[], object], what: str, within: float = PATIENCE) -> float:
        """Wait until `condition` holds; returns when."""
        wait_until(condition, within, lambda: f"that {what}, while told {self.states()},")
        return time.monotonic()

    def held(self) -> None:
        """Show a gesture and wait until its key is down."""
        self.scene.gesture = "raise_hand"
        self.until(lambda: "raise_hand" in self.down, "the gesture begins")

    def released(self, within: float = PATIENCE) -> float:
        """Wait until no key is down."""
        return self.until(lambda: not self.down, "every key is up", within)

    def frames_come(self, after: float) -> float:
        """Wait until a frame taken later than `after` was processed; returns when it was taken."""
        frames = self.recognizer.frames
        self.until(lambda: frames and frames[-1] > after, "frames come again")
        return next(at for at in frames if at > after)

    def lost_gestures(self, count: int = 2, lasting: float = 0.35) -> int:
        """Show some gestures; returns how many were not noticed."""
        before = self.starts()
        for _ in range(count):
            for gesture in ("none", "raise_hand"):
                self.scene.gesture = gesture
                time.sleep(lasting)
        self.scene.gesture = "none"
        time.sleep(lasting)
        return count - min(count, self.starts() - before)


@contextlib.contextmanager
def watching(
    source: Source | str, scene: Scene, recognizer: ColourRecognizer | None = None
) -> Iterator[Watching]:
    """A stream that watches the source; its gestures are held as keys."""
    recognizer = recognizer or ColourRecognizer()
    watch = Watching(GestureStream(source, recognizer=recognizer), scene, recognizer)
    watch.stream.on_any(watch.take)
    watch.stream.on_source()(watch.changes.append)
    thread = threading.Thread(target=watch.run, name="watching")
    thread.start()
    try:
        yield watch
    finally:
        watch.stream.stop()
        thread.join(PATIENCE)
    assert not thread.is_alive(), "the loop has not ended"


@contextlib.contextmanager
def network_camera() -> Iterator[tuple[MjpegServer, Watching]]:
    """A network camera and a stream that watches it, with a gesture that is being held."""
    scene = Scene()
    with MjpegServer(scene, FPS) as server, watching(server.url, scene) as watch:
        watch.frames_come(0.0)
        watch.held()
        time.sleep(0.3)
        yield server, watch


class FakeDevice:
    """A camera that shows the scene and does what it is told to; opened again and again.

    Attributes:
        opened: how often it was opened.
        on_open: called at each opening, before it is open; may raise or block.
        grabs: what `grab` returns, called before each picture; may raise or block.
        retrieve_as: makes what `retrieve` returns out of the picture of the scene.
        fps: frames a second.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.opened = self.open_now = 0
        self.fps = float(FPS)
        self.mend()

    def mend(self) -> None:
        """Work as it should."""
        self.on_open: Callable[[], object] = lambda: None
        self.grabs: Callable[[], bool] = lambda: True
        self.retrieve_as: Callable[[np.ndarray], tuple[bool, object]] = lambda picture: (True, picture)

    def open(self) -> "_OpenFake":
        """For `LiveSource(..., open_device=fake.open)`."""
        self.opened += 1
        self.on_open()
        self.open_now += 1
        return _OpenFake(self)

    def source(self) -> LiveSource:
        """It, watched."""
        return LiveSource("the fake camera", open_device=self.open)


class _OpenFake:
    def __init__(self, fake: FakeDevice) -> None:
        self._fake = fake
        self._due = time.monotonic()

    def grab(self) -> bool:
        self._due = max(self._due + 1 / self._fake.fps, time.monotonic())
        time.sleep(max(0.0, self._due - time.monotonic()))
        return self._fake.grabs()

    def retrieve(self) -> tuple[bool, object]:
        return self._fake.retrieve_as(self._fake.scene.picture())

    def release(self) -> None:
        self._fake.open_now -= 1


@contextlib.contextmanager
def fake_camera() -> Iterator[tuple[FakeDevice, Watching]]:
    """A fake camera and a stream that watches it, with a gesture that is being held."""
    scene = Scene()
    fake = FakeDevice(scene)
    with watching(fake.source(), scene) as watch:
        watch.frames_come(0.0)
        watch.held()
        time.sleep(0.3)
        yield fake, watch


@contextlib.contextmanager
def watched_person() -> Iterator[tuple[FakeLocator, Watching]]:
    """A fake camera, a person who is located beside the loop, and a gesture that is being held."""
    scene, locator = Scene(), FakeLocator()
    recognizer = LocatingRecognizer(locator)
    with (
        contextlib.closing(recognizer),
        watching(FakeDevice(scene).source(), scene, recognizer) as watch,
    ):
        watch.frames_come(0.0)
        watch.held()
        time.sleep(0.3)
        yield locator, watch
