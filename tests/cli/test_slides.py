from collections.abc import Callable
from pathlib import Path

from gesturelrcn.actions import load_bindings
from gesturelrcn.model import assets, shipped_models
from gesturelrcn.vocabulary import GESTURES
from tests.cli.conftest import Program
from tests.key_window import KeyWindow
from tests.xvfb import XServer


def test_it_says_what_it_sees_and_what_gestures_do(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path
) -> None:
    done = gesturelrcn("slides", clip, "--dry-run", "--model", eager_model())
    *introduction, start, press, release, end = done.stdout.splitlines()
    assert introduction == [
        f"Watching {clip} with the model eager.",
        "point_right: next slide; point_left: previous slide; raise_hand held 0.5 s: black screen and back.",
        "Keys are only said, not pressed; Ctrl-C ends.",
    ]
    assert (press, release) == ("press Right", "release Right")
    assert "start" in start
    assert "end" in end
    assert (done.returncode, done.stderr) == (0, "")


def test_gestures_that_do_the_same_are_named_together(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path
) -> None:
    model = eager_model("swipe_left", among=("none", "swipe_left", "point_left"))
    done = gesturelrcn("slides", clip, "--dry-run", "--model", model)
    assert done.stdout.splitlines()[1] == "point_left or swipe_left: previous slide."


def test_with_json_the_introduction_goes_to_stderr(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path
) -> None:
    done = gesturelrcn("slides", clip, "--dry-run", "--json", "--model", eager_model())
    assert done.stderr.splitlines()[-2:] == ["press Right", "release Right"]
    assert all(line.startswith("{") for line in done.stdout.splitlines())


def test_a_raised_hand_that_is_held_presses_b_once(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path, window: KeyWindow, x_server: XServer
) -> None:
    model = eager_model("raise_hand")
    done = gesturelrcn("slides", clip, "--model", model, display=x_server.display)
    assert done.stdout.splitlines()[2] == "Keys go to the window in front; Ctrl-C ends."
    assert (done.returncode, done.stderr) == (0, "")
    assert window.received() == [("press", "b"), ("release", "b")]
    assert window.keys_down() == []


def test_the_shipped_bindings_fit_the_shipped_models() -> None:
    bindings = load_bindings(assets() / "slides.toml", list(GESTURES))
    models = shipped_models()
    assert models
    for card in models:
        assert {str(binding.action) for binding in bindings.only(card.gestures)} == {"Right", "Left", "b"}
