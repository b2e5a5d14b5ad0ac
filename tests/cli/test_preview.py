import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from Xlib import XK, X
from Xlib.display import Display
from Xlib.error import XError
from Xlib.ext import xtest
from Xlib.protocol.event import ClientMessage

from gesturelrcn.capture import open_source
from gesturelrcn.cli.preview import Preview, PreviewError, place_in_frame
from gesturelrcn.model import assets
from gesturelrcn.overlay.drawing import GREEN, RED
from gesturelrcn.system.opencv import cv2
from tests.capture.clips import over_and_over
from tests.cli.conftest import Program
from tests.mjpeg_server import MjpegServer
from tests.waiting import wait_until
from tests.xvfb import XServer


def find_window(display: Display, title: str):
    """The window of that title on a screen without a window manager, or None."""
    waiting = list(display.screen().root.query_tree().children)
    while waiting:
        window = waiting.pop()
        try:
            if title in (window.get_wm_name() or ""):
                return window
            waiting += window.query_tree().children
        except XError:  # gone in between
            continue
    return None


def press(name: str, display: Display, window) -> None:
    window.set_input_focus(X.RevertToParent, X.CurrentTime)
    display.sync()
    key = display.keysym_to_keycode(XK.string_to_keysym(name))
    for stroke in (X.KeyPress, X.KeyRelease):
        xtest.fake_input(display, stroke, key)
    display.sync()


def click(display: Display, x: int, y: int) -> None:
    xtest.fake_input(display, X.MotionNotify, x=x, y=y)
    for stroke in (X.ButtonPress, X.ButtonRelease):
        xtest.fake_input(display, stroke, 1)
    display.sync()


def close_window(display: Display, window) -> None:
    """What a window manager does when somebody clicks on the cross."""
    protocols, delete = (display.intern_atom(name) for name in ("WM_PROTOCOLS", "WM_DELETE_WINDOW"))
    message = (32, [delete, X.CurrentTime, 0, 0, 0])
    window.send_event(ClientMessage(window=window, client_type=protocols, data=message))


ENDS = [partial(press, "q"), partial(press, "Escape"), close_window]


@pytest.mark.parametrize("end", ENDS, ids=["q", "Esc", "closed"])
def test_a_window_opens_until_the_user_has_seen_enough(
    gesturelrcn: Program, eager_model: Callable[..., Path], end: Callable[..., None]
) -> None:
    with XServer() as server:
        process = gesturelrcn.start(
            *("run", "sample", "--realtime", "--preview", "--model", eager_model()), display=server.display
        )
        assert process.stdout is not None
        start = process.stdout.readline()
        display = Display(server.display)
        window = wait_for(lambda: find_window(display, "gesturelrcn"), "the window", 100.0)
        wait_until(lambda: window.get_attributes().map_state == X.IsViewable)
        end(display, window)
        display.sync()
        out, err = process.communicate(timeout=60)
        display.close()
    assert [line.split()[3] for line in (start, out)] == ["start", "end"]
    assert (process.returncode, err) == (0, "")


def test_without_a_screen_it_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(PreviewError, match=r"There is no screen for --preview \(DISPLAY is not set\)"):
        Preview(lambda: None)


def test_an_opencv_without_windows_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """What opencv-python-headless says of itself, where it was installed over ours."""
    told = "\n  GUI:                           NONE\n\n  Media I/O: \n"
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: told)
    with XServer() as server:
        monkeypatch.setenv("DISPLAY", server.display)
        with pytest.raises(PreviewError, match="This OpenCV cannot open a window"):
            Preview(lambda: None)


def test_a_place_in_the_mirror_is_one_in_the_frame() -> None:
    assert place_in_frame(0, 7, (320, 240)) == (319.0, 7.0)
    assert place_in_frame(319, 239, (320, 240)) == (0.0, 239.0)
    assert place_in_frame(10, 240, (320, 240)) is None
    assert place_in_frame(-1, 10, (320, 240)) is None


SHOWS_A_RED_SPOT = """if True:
    import numpy as np
    from gesturelrcn.capture.frame import Frame
    from gesturelrcn.cli.preview import Preview
    from gesturelrcn.overlay import Known
    image = np.zeros((240, 320, 3), np.uint8)
    image[40:50, 60:70] = (0, 0, 255)
    chosen = []
    with Preview(lambda: chosen.append("closed"), on_choice=lambda x, y: chosen.append((x, y))) as preview:
        while not chosen:
            preview.show(Frame(image, 0.0, 0, "test"), Known())
    print(*chosen[0])
    """


def screen_of(display: Display) -> np.ndarray:
    """(H, W, 3) BGR, what is on the screen."""
    root = display.screen().root
    size = root.get_geometry()
    raw = root.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF).data
    return np.frombuffer(raw, np.uint8).reshape(size.height, size.width, 4)[..., :3]


def wait_for(look: Callable[[], object], what: str, timeout: float = 45.0):
    """The first answer that is something."""
    try:
        return wait_until(look, timeout, every=0.05)
    except AssertionError:
        return pytest.fail(f"{what} is not shown")


def red_spot(display: Display) -> tuple[int, int] | None:
    """The middle of what is red on the screen."""
    pixels = screen_of(display).astype(int)
    rows, columns = np.nonzero((pixels[..., 2] > 200) & (pixels[..., :2].max(axis=2) < 60))
    return (round(columns.mean()), round(rows.mean())) if len(rows) >= 90 else None


def test_a_click_chooses_the_place_in_the_frame() -> None:
    with XServer() as server:
        environment = os.environ | {"DISPLAY": server.display}
        process = subprocess.Popen(
            [sys.executable, "-c", SHOWS_A_RED_SPOT], env=environment, stdout=subprocess.PIPE, text=True
        )
        display = Display(server.display)
        try:
            click(display, *wait_for(lambda: red_spot(display), "anything red"))
            out, _ = process.communicate(timeout=60)
        finally:
            process.kill()
            display.close()
    assert [float(word) for word in out.split()] == pytest.approx([64.5, 44.5], abs=2)


def shows(display: Display, colour: tuple[int, int, int]) -> bool:
    """Whether there is as much of this colour as where the state stands."""
    return bool((screen_of(display) == colour).all(axis=2).sum() > 1000)


def test_p_pauses_and_goes_on(
    gesturelrcn: Program, eager_model: Callable[..., Path], bindings: Path, two_people: Path
) -> None:
    with XServer() as server, ExitStack() as held:
        process = gesturelrcn.start(
            *("run", two_people, "--realtime", "--preview", "--dry-run", "--bindings", bindings),
            *("--model", eager_model()),
            display=server.display,
        )
        display = Display(server.display)
        held.callback(display.close)
        window = wait_for(lambda: find_window(display, "gesturelrcn"), "the window", 100.0)
        wait_for(lambda: shows(display, GREEN), "the state")
        words, told = words_of_pauses(process), []
        # One after the other: of two keys between two pictures OpenCV tells only the last.
        for key, paused in (("p", True), ("P", False), ("p", True)):
            press(key, display, window)
            told.append(next(words))
            wait_for(lambda paused=paused: shows(display, RED) == paused, "the state in its colour")
        press("q", display, window)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert told == ["paused", "goes on", "paused"]


def words_of_pauses(process: "subprocess.Popen[str]") -> Iterator[str]:
    """What is told of pauses as it is told."""
    assert process.stdout is not None
    words = (line.strip() for line in process.stdout)
    return (word for word in words if word in ("paused", "goes on"))


def standing(image: np.ndarray, scale: float) -> np.ndarray:
    """(480, 320, 3): the person of the sample, smaller, before a grey wall."""
    small = cv2.resize(image[:, 160:480], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    high, wide = small.shape[:2]
    wall = np.full((480, 320, 3), (120, 125, 130), np.uint8)
    wall[470 - high : 470, 160 - wide // 2 : 160 - wide // 2 + wide] = small
    return wall


@pytest.fixture(scope="module")
def two_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of ten minutes: two people beside each other, the one at the left of the picture nearer."""
    with open_source(assets() / "sample.mp4") as sample:
        frames = list(itertools.islice(sample, 40))
    pictures = [np.concatenate([standing(f.image, 0.65), standing(f.image, 0.52)], axis=1) for f in frames]
    return over_and_over(tmp_path_factory.mktemp("two") / "two.mp4", pictures, fps=8)


def followed(display: Display, left: int) -> float | None:
    """Where in the window the middle of the marks around the person is, pixels from its left edge."""
    blue, green, red = np.moveaxis(screen_of(display)[80:], 2, 0)  # below the words
    upright = ((green > 185) & (np.maximum(blue, red) < 150)).sum(axis=0) > 40
    columns = np.flatnonzero(upright)
    return float(columns.min() + columns.max()) / 2 - left if len(columns) and np.ptp(columns) > 60 else None


@pytest.mark.parametrize("live", [False, True], ids=["file", "camera"])
def test_a_click_on_another_person(
    gesturelrcn: Program, eager_model: Callable[..., Path], two_people: Path, live: bool
) -> None:
    """The whole way: two people in a film or before a camera, the window, the mouse, and who is followed."""
    with XServer() as server, ExitStack() as held:
        source: object = two_people
        if live:
            with open_source(two_people) as film:
                pictures = [frame.image for frame in itertools.islice(film, 40)]
            source = held.enter_context(MjpegServer(itertools.cycle(pictures), fps=8)).url
        process = gesturelrcn.start(
            *("run", source, "--realtime", "--preview", "--model", eager_model()), display=server.display
        )
        display = Display(server.display)
        held.callback(display.close)
        window = wait_for(lambda: find_window(display, "gesturelrcn"), "the window", 100.0)

        def left() -> int:
            """The window may be put elsewhere after it has appeared."""
            return int(-window.translate_coords(display.screen().root, 0, 0).x)

        def now() -> int | None:
            middle = followed(display, left())
            found = [place for place in (NEAR, FAR) if middle is not None and abs(middle - place) < 100]
            return found[0] if found else None

        # Who is followed first hangs on whose face is found in the first picture that is looked at.
        wanted = wait_for(now, "anybody who is followed")
        for _ in range(3):
            wanted = FAR if wanted == NEAR else NEAR
            click(display, left() + wanted, 200)
            wait_for(lambda there=wanted: now() == there, f"a person at {wanted}")
        press("q", display, window)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")


NEAR, FAR = 480, 160
"""Where in the mirror the people are, pixels from its left edge: right is left in it."""
