"""The demo's deck turns with the keys that people use, with reveal.js and without it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from Xlib import XK, X
from Xlib.display import Display
from Xlib.ext import xtest

from demos import presentation
from demos.presentation import Presentation, PresentationError, Shown
from tests.xvfb import XServer

pytestmark = pytest.mark.e2e


def tap(display: str, key: str) -> None:
    connection = Display(display)
    try:
        code = connection.keysym_to_keycode(XK.string_to_keysym(key))
        for kind in (X.KeyPress, X.KeyRelease):
            xtest.fake_input(connection, kind, code)
        connection.sync()
    finally:
        connection.close()


@pytest.mark.parametrize("reveal", [True, False])
def test_keys_turn_the_deck(
    server: XServer,
    require: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    reveal: bool,
) -> None:
    require("chromium")
    if not reveal:
        monkeypatch.setattr(presentation, "REVEAL", tmp_path / "absent")
    first, second = Shown(1, 5, black=False), Shown(2, 5, black=False)
    with Presentation(server.display) as deck:
        assert deck.shown() == first
        for key, shown in [
            ("Right", second),
            ("b", Shown(2, 5, black=True)),
            ("b", second),
            ("Left", first),
            ("Next", second),
            ("Prior", first),
        ]:
            tap(server.display, key)
            deck.wait_until(shown.__eq__, timeout=60)


def test_a_missing_screen_is_named(require: Callable[..., None]) -> None:
    require("chromium")
    with pytest.raises(PresentationError, match=":77"), Presentation(":77"):
        pass
