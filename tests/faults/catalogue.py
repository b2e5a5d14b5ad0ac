"""Every kind of fault: done for real to a stream that is holding a gesture, and what came of it."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from gesturelrcn.capture import supervisor
from gesturelrcn.region import Region
from tests.faults.fifo import fifo_camera
from tests.faults.stage import (
    FPS,
    FakeDevice,
    FakeLocator,
    Scene,
    Watching,
    fake_camera,
    network_camera,
    somebody,
    watched_person,
    watching,
)
from tests.mjpeg_server import MjpegServer


@dataclass(frozen=True)
class Outcome:
    """What came of one trial.

    Attributes:
        told: states of the source from the fault on.
        released: seconds from the fault until no key was held, or None where it need not be released.
        recovered: seconds from the end of the fault to the first frame taken after it.
        lost: gestures shown after the recovery that were not noticed.
        stuck: keys that were held at the end.
    """

    told: tuple[str, ...]
    released: float | None
    recovered: float
    lost: int
    stuck: int


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    Attributes:
        name: what happens, in words.
        where: network camera, fake camera, pipe, program or locator.
        trial: does it once.
        holds: the gesture may go on through it.
    """

    name: str
    where: str
    trial: Callable[[], Outcome]
    holds: bool = False


CATALOGUE: list[Fault] = []


def fault(name: str, where: str, *, holds: bool = False) -> Callable[[Callable[[], Outcome]], None]:
    """Put a trial into the catalogue."""

    def register(trial: Callable[[], Outcome]) -> None:
        CATALOGUE.append(Fault(name, where, trial, holds))

    return register


def judge(watch: Watching, begin: float, mended: float, *, holds: bool = False) -> Outcome:
    """Wait for frames after `mended`, show gestures, and say how it went."""
    frame_at = watch.frames_come(mended)
    ends = [at for at, event in watch.events if event.phase == "end" and at >= begin]
    lost = watch.lost_gestures()
    with contextlib.suppress(AssertionError):
        watch.released(10.0)
    told = tuple(str(change.state) for change in watch.changes if change.at >= begin)
    released = ends[0] - begin if ends and not holds else None
    return Outcome(told, released, frame_at - mended, lost, len(watch.down))


@contextlib.contextmanager
def lasting(seconds: float) -> Iterator[None]:
    """Something lasts so long from its beginning."""
    begin = time.monotonic()
    yield
    time.sleep(max(0.0, begin + seconds - time.monotonic()))


def on_network(
    break_it: Callable[[MjpegServer, Watching], object],
    mend_it: Callable[[MjpegServer, Watching], object],
    lasts: float,
    *,
    holds: bool = False,
) -> Outcome:
    """Break a network camera, mend it after a while, and judge."""
    with network_camera() as (server, watch):
        begin = time.monotonic()
        with lasting(lasts):
            break_it(server, watch)
        mend_it(server, watch)
        return judge(watch, begin, time.monotonic(), holds=holds)


def on_fake(break_it: Callable[[FakeDevice], object], lasts: float, *, holds: bool = False) -> Outcome:
    """Break a fake camera, mend it after a while, and judge."""
    with fake_camera() as (fake, watch):
        begin = time.monotonic()
        with lasting(lasts):
            break_it(fake)
        fake.mend()
        return judge(watch, begin, time.monotonic(), holds=holds)


def nothing(*_: object) -> None:
    """It mends itself."""


def damaged(how: Callable[[bytes], bytes]) -> Callable[[MjpegServer, Watching], None]:
    """Damage every picture from now on."""
    return lambda server, _: setattr(server, "damage", how)


def whole(server: MjpegServer, _: Watching) -> None:
    """Damage none any more."""
    server.damage = bytes


# A network camera.


@fault("plug pulled, back after 2 s", "network camera")
def _() -> Outcome:
    return on_network(lambda s, _: s.stop(), lambda s, _: s.start(), 2.0)


@fault("server restarted at once", "network camera")
def _() -> Outcome:
    return on_network(lambda s, _: (s.stop(), s.start()), nothing, 0.0)


@fault("away for 8 s", "network camera")
def _() -> Outcome:
    return on_network(lambda s, _: s.stop(), lambda s, _: s.start(), 8.0)


@fault("connection closed", "network camera")
def _() -> Outcome:
    return on_network(lambda s, _: s.drop_connections(), nothing, 0.0)


@fault("connection cut in the midst of a picture", "network camera")
def _() -> Outcome:
    return on_network(lambda s, _: s.cut_short(), nothing, 0.0)


@fault("flapping: five losses in 2 s", "network camera")
def _() -> Outcome:
    def flap(server: MjpegServer, _: Watching) -> None:
        for _number in range(5):
            server.drop_connections()
            time.sleep(0.4)

    return on_network(flap, nothing, 0.0)


@fault("silent for 1 s, same connection", "network camera")
def _() -> Outcome:
    return on_network(lambda s, _: s.stall(), lambda s, _: s.resume(), 1.0)


@fault("silent for 5 s", "network camera")
def _() -> Outcome:
    return on_network(lambda s, _: s.stall(), lambda s, _: s.resume(), 5.0)


@fault("last picture repeated for 2 s", "network camera")
def _() -> Outcome:
    return on_network(lambda s, _: setattr(s, "frozen", True), lambda s, _: setattr(s, "frozen", False), 2.0)


@fault("last picture repeated until opened anew", "network camera")
def _() -> Outcome:
    with network_camera() as (server, watch):
        begin = time.monotonic()
        server.thaws = server.frozen = True
        mended = watch.until(lambda: not server.frozen, "it is opened anew")
        return judge(watch, begin, mended)


@fault("half of each picture missing for 1 s", "network camera", holds=True)
def _() -> Outcome:
    return on_network(damaged(lambda jpeg: jpeg[: len(jpeg) // 2]), whole, 1.0, holds=True)


@fault("random bytes in each picture for 1 s", "network camera", holds=True)
def _() -> Outcome:
    chance = np.random.default_rng(1)

    def flip(jpeg: bytes) -> bytes:
        content = np.frombuffer(jpeg, np.uint8).copy()
        content[chance.integers(0, len(content), 30)] = chance.integers(0, 256, 30)
        return content.tobytes()

    return on_network(damaged(flip), whole, 1.0, holds=True)


@fault("empty pictures for 1 s", "network camera")
def _() -> Outcome:
    return on_network(damaged(lambda _: b""), whole, 1.0)


@fault("a web page in place of pictures for 2 s", "network camera")
def _() -> Outcome:
    return on_network(damaged(lambda _: b"<html>Log in again</html>" * 40), whole, 2.0)


@fault("a megabyte of zeros in place of each picture for 1 s", "network camera")
def _() -> Outcome:
    return on_network(damaged(lambda _: bytes(2**20)), whole, 1.0)


@fault("picture arrives byte by byte for 3 s", "network camera")
def _() -> Outcome:
    return on_network(lambda s, _: setattr(s, "trickle", 0.05), lambda s, _: setattr(s, "trickle", 0.0), 3.0)


@fault("takes connections without a word, then restarts", "network camera")
def _() -> Outcome:
    def mute(server: MjpegServer, _: Watching) -> None:
        server.mute = True
        server.drop_connections()

    def speak(server: MjpegServer, _: Watching) -> None:
        server.mute = False
        server.stop()
        server.start()

    return on_network(mute, speak, 4.0)


@fault("answers 503 for 3 s", "network camera")
def _() -> Outcome:
    def refuse(server: MjpegServer, _: Watching) -> None:
        server.refusing = True
        server.drop_connections()

    return on_network(refuse, lambda s, _: setattr(s, "refusing", False), 3.0)


@fault("resolution changes in mid-stream", "network camera", holds=True)
def _() -> Outcome:
    return on_network(lambda _, w: setattr(w.scene, "size", (240, 320)), nothing, 0.5, holds=True)


@fault("picture turns upright in mid-stream", "network camera", holds=True)
def _() -> Outcome:
    return on_network(lambda _, w: setattr(w.scene, "size", (176, 120)), nothing, 0.5, holds=True)


@fault("colour turns grey for 1 s", "network camera")
def _() -> Outcome:
    return on_network(
        lambda _, w: setattr(w.scene, "grey", True), lambda _, w: setattr(w.scene, "grey", False), 1.0
    )


@fault("rate falls from 30 to 2 frames a second for 5 s", "network camera")
def _() -> Outcome:
    return on_network(lambda s, _: setattr(s, "fps", 2.0), lambda s, _: setattr(s, "fps", FPS), 5.0)


@fault("rate rises from 30 to 120 frames a second", "network camera", holds=True)
def _() -> Outcome:
    return on_network(lambda s, _: setattr(s, "fps", 120.0), nothing, 1.0, holds=True)


@fault("two programs watch it, one is lost", "network camera", holds=True)
def _() -> Outcome:
    with network_camera() as (server, watch):
        begin = time.monotonic()
        with watching(server.url, watch.scene) as other:
            other.frames_come(begin)
        return judge(watch, begin, time.monotonic(), holds=True)


# A camera of which the driver misbehaves.


@fault("unplugged for 2 s: nothing can be grabbed", "fake camera")
def _() -> Outcome:
    def unplug(fake: FakeDevice) -> None:
        fake.grabs = lambda: False

    return on_fake(unplug, 2.0)


@fault("unplugged: the driver repeats its last picture at once, for ever", "fake camera")
def _() -> Outcome:
    def repeat(fake: FakeDevice) -> None:
        last = fake.scene.picture()
        fake.fps = 1e6
        fake.retrieve_as = lambda _: (True, last)

    with fake_camera() as (fake, watch):
        begin = time.monotonic()
        repeat(fake)
        before = fake.opened
        mended = watch.until(lambda: fake.opened > before, "it is opened anew")
        fake.fps = FPS
        fake.mend()
        return judge(watch, begin, mended)


@fault("grabs, but no picture can be had for 1 s", "fake camera")
def _() -> Outcome:
    return on_fake(lambda fake: setattr(fake, "retrieve_as", lambda _: (False, None)), 1.0)


@fault("no picture can be had for 5 s", "fake camera")
def _() -> Outcome:
    return on_fake(lambda fake: setattr(fake, "retrieve_as", lambda _: (False, None)), 5.0)


def blocking(fake: FakeDevice, call: str) -> threading.Event:
    """Let a call block until the event is set; the calls after it work."""
    free = threading.Event()
    first = threading.Event()

    def block(*picture: np.ndarray) -> object:
        if not first.is_set():
            first.set()
            free.wait()
        return (True, *picture) if picture else True

    setattr(fake, call, block)
    return free


@fault("a read blocks for ever", "fake camera")
def _() -> Outcome:
    with fake_camera() as (fake, watch):
        begin = time.monotonic()
        before = fake.opened
        free = blocking(fake, "grabs")
        mended = watch.until(lambda: fake.opened > before, "the reader is left behind")
        outcome = judge(watch, begin, mended)
        free.set()
        watch.until(lambda: fake.open_now == 1, "the one left behind lets go")
        return outcome


@fault("a read raises", "fake camera")
def _() -> Outcome:
    def fail() -> bool:
        raise OSError("no such device")

    return on_fake(lambda fake: setattr(fake, "grabs", fail), 1.0)


@fault("opening raises, six times", "fake camera")
def _() -> Outcome:
    with fake_camera() as (fake, watch):
        begin, tries = time.monotonic(), fake.opened
        failing = threading.Event()

        def refuse() -> None:
            if not failing.is_set():
                raise PermissionError("busy")

        fake.on_open, fake.grabs = refuse, lambda: False
        watch.until(lambda: fake.opened >= tries + 6, "it is tried again")
        fake.mend()
        failing.set()
        return judge(watch, begin, time.monotonic())


@fault("a picture of the wrong kind (floating point) for 0.5 s", "fake camera")
def _() -> Outcome:
    return on_fake(lambda fake: setattr(fake, "retrieve_as", lambda p: (True, p.astype(np.float32))), 0.5)


@fault("pictures with an alpha channel from now on", "fake camera", holds=True)
def _() -> Outcome:
    def alpha(fake: FakeDevice) -> None:
        fake.retrieve_as = lambda p: (True, np.dstack([p, np.full(p.shape[:2], 255, np.uint8)]))

    return on_fake(alpha, 0.5, holds=True)


@fault("16-bit grey pictures for 1 s", "fake camera")
def _() -> Outcome:
    def deep(fake: FakeDevice) -> None:
        fake.retrieve_as = lambda p: (True, p[..., 0].astype(np.uint16) << 8)

    return on_fake(deep, 1.0)


@fault("lens covered: black pictures for 3 s", "fake camera")
def _() -> Outcome:
    return on_fake(lambda fake: setattr(fake, "retrieve_as", lambda p: (True, np.zeros_like(p))), 3.0)


@fault("one frame a second for 6 s", "fake camera")
def _() -> Outcome:
    with fake_camera() as (fake, watch):
        begin = time.monotonic()
        with lasting(6.0):
            fake.fps = 1.0
        fake.fps = FPS
        return judge(watch, begin, time.monotonic())


@fault("native read of a pipe blocks for ever", "pipe")
def _() -> Outcome:
    with fifo_camera() as (camera, watch):
        begin = time.monotonic()
        camera.block()
        mended = camera.serve_again(watch)
        return judge(watch, begin, mended)


# The person locator.


def on_locator(break_it: Callable[[FakeLocator], object], lasts: float, *, holds: bool = True) -> Outcome:
    """Break the person locator, mend it after a while, and judge."""
    with watched_person() as (locator, watch):
        begin = time.monotonic()
        with lasting(lasts):
            break_it(locator)
        locator.mend()
        return judge(watch, begin, time.monotonic(), holds=holds)


def raising(*_: object) -> None:
    """What a broken library does."""
    raise RuntimeError("the graph is broken")


@fault("fails on each picture for 3 s", "locator", holds=True)
def _() -> Outcome:
    return on_locator(lambda locator: setattr(locator, "finds", raising), 3.0)


@fault("fails on each picture, and cannot be made anew, for 5 s", "locator", holds=True)
def _() -> Outcome:
    def die(locator: FakeLocator) -> None:
        locator.on_make = locator.finds = raising

    return on_locator(die, 5.0)


@fault("hangs for ever", "locator", holds=True)
def _() -> Outcome:
    with watched_person() as (locator, watch):
        begin, before = time.monotonic(), locator.made
        free, first = threading.Event(), threading.Event()

        def hang(image: np.ndarray, at: float) -> Region:
            if not first.is_set():
                first.set()
                free.wait()
            return somebody(image, at)

        locator.finds = hang
        watch.until(lambda: locator.made > before, "another one is made")
        outcome = judge(watch, begin, time.monotonic(), holds=True)
        free.set()
        return outcome


@fault("takes 1.5 s for each picture, for 6 s", "locator", holds=True)
def _() -> Outcome:
    def slow(image: np.ndarray, at: float) -> Region:
        time.sleep(1.5)
        return somebody(image, at)

    return on_locator(lambda locator: setattr(locator, "finds", slow), 6.0)


@fault("finds nobody for 4 s", "locator")
def _() -> Outcome:
    return on_locator(lambda locator: setattr(locator, "finds", lambda *_: None), 4.0, holds=False)


@fault("finds a place that is no number for 1 s", "locator", holds=True)
def _() -> Outcome:
    nowhere = float("nan")
    return on_locator(
        lambda locator: setattr(locator, "finds", lambda _, at: Region(nowhere, nowhere, nowhere, 1.0, at)),
        1.0,
    )


@fault("ended while the locator hangs", "locator")
def _() -> Outcome:
    with watched_person() as (locator, watch):
        begin = time.monotonic()
        free = threading.Event()
        locator.finds = lambda image, at: (free.wait(), somebody(image, at))[1]
        time.sleep(0.6)
        asked = time.monotonic()
        watch.stream.stop()
        watch.until(watch.ended.is_set, "the loop ends")
        watch.recognizer.close()
        ended = time.monotonic()
        free.set()
        ends = [at for at, event in watch.events if event.phase == "end" and at >= begin]
        return Outcome((), ends[0] - begin, ended - asked, 0, len(watch.down))


# Time.


@fault("the computer sleeps (its clock of sleep jumps an hour)", "program")
def _() -> Outcome:
    asleep = supervisor.asleep
    slept = [0.0]
    supervisor.asleep = lambda: asleep() + slept[0]
    try:
        with fake_camera() as (_fake, watch):
            begin = time.monotonic()
            slept[0] = 3600.0
            watch.until(lambda: "lost" in watch.states(), "the sleep is noticed")
            return judge(watch, begin, time.monotonic())
    finally:
        supervisor.asleep = asleep


# The program's own parts.


@fault("a callback raises each time", "program", holds=True)
def _() -> Outcome:
    with network_camera() as (_server, watch):
        begin = time.monotonic()

        @watch.stream.on("raise_hand", phase="hold")
        def broken(_event: object) -> None:
            raise RuntimeError("a user's mistake")

        time.sleep(1.0)
        return judge(watch, begin, time.monotonic(), holds=True)


@fault("a callback blocks for 2 s", "program", holds=True)
def _() -> Outcome:
    with network_camera() as (_server, watch):
        begin = time.monotonic()
        once = threading.Event()

        @watch.stream.on_any
        def slow(_event: object) -> None:
            if not once.is_set():
                once.set()
                time.sleep(2.0)

        time.sleep(2.2)
        return judge(watch, begin, time.monotonic(), holds=True)


@fault("a listener to the source raises", "network camera")
def _() -> Outcome:
    with network_camera() as (server, watch):
        begin = time.monotonic()

        @watch.stream.on_source()
        def broken(_change: object) -> None:
            raise RuntimeError("a user's mistake")

        server.drop_connections()
        return judge(watch, begin, time.monotonic())


@fault("ended while a read blocks for ever", "program")
def _() -> Outcome:
    with fake_camera() as (fake, watch):
        begin = time.monotonic()
        free = blocking(fake, "grabs")
        time.sleep(0.5)
        asked = time.monotonic()
        watch.stream.stop()
        ended = watch.until(watch.ended.is_set, "the loop ends")
        free.set()
        ends = [at for at, event in watch.events if event.phase == "end" and at >= begin]
        told = tuple(str(change.state) for change in watch.changes if change.at >= begin)
        return Outcome(told, ends[0] - begin, ended - asked, 0, len(watch.down))


def descriptors() -> int:
    """How many files and sockets this process has open."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


def scene_camera() -> tuple[Scene, FakeDevice]:
    """A scene and a fake camera that shows it."""
    scene = Scene()
    return scene, FakeDevice(scene)
