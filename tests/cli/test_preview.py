import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from Xlib import XK, X
from Xlib.display import Display
from Xlib.error import XError
from Xlib.ext import xtest
from Xlib.protocol.event import ClientMessage

from gesturelrcn.capture.frame import Frame
from gesturelrcn.cli.preview import picture_of, place_in_frame
from gesturelrcn.recognizer import View
from gesturelrcn.region import Region
from tests.cli.conftest import Program
from tests.xvfb import XServer

REGION = Region(x=80, y=150, side=100, confidence=1, located_at=0)


def frame(image: np.ndarray | None = None) -> Frame:
    return Frame(np.zeros((240, 320, 3), np.uint8) if image is None else image, 0.0, 0, "test")


def test_the_picture_is_a_mirror() -> None:
    image = np.zeros((240, 320, 3), np.uint8)
    image[200:, :100] = 255
    picture = picture_of(frame(image), View())
    assert picture[220, 270].min() == 255
    assert picture[220, 50].max() == 0
    assert image[:200].max() == 0  # the frame itself is not drawn into


def test_the_region_is_drawn_where_the_person_is_in_the_mirror() -> None:
    rows, columns = np.nonzero(picture_of(frame(), View(REGION)).max(axis=2))
    assert (columns.min(), columns.max()) == pytest.approx((190, 290), abs=2)
    assert (rows.min(), rows.max()) == pytest.approx((100, 200), abs=2)


def test_the_gesture_and_an_empty_room_are_told_in_words() -> None:
    words = slice(0, 60)  # rows above the region
    calm, waving, empty = (picture_of(frame(), view)[words] for view in VIEWS)
    assert calm.max() == 0
    assert waving.max() > 0
    assert empty.max() > 0
    assert not np.array_equal(waving, empty)


VIEWS = (View(REGION), View(REGION, active="wave"), View())


def find_window(display: Display, title: str, timeout: float = 30.0):
    """The window of that title on a screen without a window manager."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        waiting = list(display.screen().root.query_tree().children)
        while waiting:
            window = waiting.pop()
            try:
                if title in (window.get_wm_name() or ""):
                    return window
                waiting += window.query_tree().children
            except XError:  # gone in between
                continue
        time.sleep(0.05)
    return pytest.fail(f"no window {title}")


def press_q(display: Display, window) -> None:
    window.set_input_focus(X.RevertToParent, X.CurrentTime)
    display.sync()
    key = display.keysym_to_keycode(XK.string_to_keysym("q"))
    for stroke in (X.KeyPress, X.KeyRelease):
        xtest.fake_input(display, stroke, key)


def close_window(display: Display, window) -> None:
    """What a window manager does when somebody clicks on the cross."""
    protocols, delete = (display.intern_atom(name) for name in ("WM_PROTOCOLS", "WM_DELETE_WINDOW"))
    message = (32, [delete, X.CurrentTime, 0, 0, 0])
    window.send_event(ClientMessage(window=window, client_type=protocols, data=message))


@pytest.mark.parametrize("end", [press_q, close_window])
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
        window = find_window(display, "gesturelrcn")
        while window.get_attributes().map_state != X.IsViewable:
            time.sleep(0.05)
        end(display, window)
        display.sync()
        out, err = process.communicate(timeout=10)
        display.close()
    assert [line.split()[3] for line in (start, out)] == ["start", "end"]
    assert (process.returncode, err) == (0, "")


def test_a_place_in_the_mirror_is_one_in_the_frame() -> None:
    assert place_in_frame(0, 7, (320, 240)) == (319.0, 7.0)
    assert place_in_frame(319, 239, (320, 240)) == (0.0, 239.0)
    assert place_in_frame(10, 240, (320, 240)) is None  # the banner
    assert place_in_frame(-1, 10, (320, 240)) is None


SHOWS_A_RED_SPOT = """if True:
    import numpy as np
    from gesturelrcn.capture.frame import Frame
    from gesturelrcn.cli.preview import Preview
    from gesturelrcn.recognizer import View
    image = np.zeros((240, 320, 3), np.uint8)
    image[40:50, 60:70] = (0, 0, 255)
    chosen = []
    with Preview(lambda: chosen.append("closed"), on_choice=lambda x, y: chosen.append((x, y))) as preview:
        while not chosen:
            preview.draw(Frame(image, 0.0, 0, "test"), View())
    print(*chosen[0])
    """


def red_spot(display: Display) -> tuple[int, int]:
    """The middle of what is red on the screen, once something is."""
    root = display.screen().root
    size = root.get_geometry()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        raw = root.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF).data
        pixels = np.frombuffer(raw, np.uint8).reshape(size.height, size.width, 4)[..., :3].astype(int)
        rows, columns = np.nonzero((pixels[..., 2] > 200) & (pixels[..., :2].max(axis=2) < 60))
        if len(rows) >= 90:
            return round(columns.mean()), round(rows.mean())
        time.sleep(0.05)
    return pytest.fail("nothing red is shown")


def test_a_click_chooses_the_place_in_the_frame() -> None:
    with XServer() as server:
        environment = os.environ | {"DISPLAY": server.display}
        process = subprocess.Popen(
            [sys.executable, "-c", SHOWS_A_RED_SPOT], env=environment, stdout=subprocess.PIPE, text=True
        )
        display = Display(server.display)
        x, y = red_spot(display)
        xtest.fake_input(display, X.MotionNotify, x=x, y=y)
        for stroke in (X.ButtonPress, X.ButtonRelease):
            xtest.fake_input(display, stroke, 1)
        display.sync()
        try:
            out, _ = process.communicate(timeout=30)
        finally:
            process.kill()
            display.close()
    assert [float(word) for word in out.split()] == pytest.approx([64.5, 44.5], abs=2)
