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
        "point_right: next slide; point_left: previous slide; raise_hand held 0.5 s: black screen and back; "
        "raise_hand held 3 s: end of the show; raise_hand held 2 s: start of the show.",
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
    done = gesturelrcn("slides", clip, "--anywhere", "--model", model, display=x_server.display)
    assert done.stdout.splitlines()[2] == "Keys go to the window in front; Ctrl-C ends."
    assert (done.returncode, done.stderr) == (0, "")
    assert window.received() == [("press", "b"), ("release", "b")]
    assert window.keys_down() == []


def test_the_shipped_bindings_fit_the_shipped_models() -> None:
    bindings = load_bindings(assets() / "slides.toml", list(GESTURES))
    models = shipped_models()
    assert models
    for card in models:
        meanings = {binding.meaning for binding in bindings.only(card.gestures)}
        assert meanings == {
            "next slide",
            "previous slide",
            "black screen and back",
            "start of the show",
            "end of the show",
        }


def test_keys_go_to_presentations_only(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path, window: KeyWindow, x_server: XServer
) -> None:
    done = gesturelrcn("slides", clip, "--model", eager_model(), display=x_server.display)
    assert done.stdout.splitlines()[2] == "Keys go to a presentation in front; Ctrl-C ends."
    assert "no next slide: no window is in front, and no profile fits it" in done.stdout
    assert (done.returncode, done.stderr) == (0, "")
    assert window.received() == []


def test_a_rehearsal_says_what_would_be_done_and_presses_nothing(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path, window: KeyWindow, x_server: XServer
) -> None:
    arguments = ("slides", clip, "--rehearse", "--anywhere", "--model", eager_model())
    done = gesturelrcn(*arguments, display=x_server.display)
    assert done.stdout.splitlines()[2] == "Rehearsal: what would be done is only said; Ctrl-C ends."
    assert "would do: next slide" in done.stdout
    assert (done.returncode, done.stderr) == (0, "")
    assert window.received() == []


def test_nothing_is_done_before_it_is_armed(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path
) -> None:
    arguments = ("slides", clip, "--dry-run", "--arm", "raise_hand")
    done = gesturelrcn(*arguments, "--model", eager_model())
    assert done.stdout.splitlines()[2] == "Hold raise_hand 0.5 s first: that arms for 8 s."
    assert "no next slide: not armed (hold raise_hand 0.5 s)" in done.stdout
    assert "press" not in done.stdout.splitlines()[-2]
    armed = gesturelrcn(*arguments, "--model", eager_model("raise_hand"))
    assert "armed" in [line.strip() for line in armed.stdout.splitlines()]


def test_a_gesture_that_cannot_arm_is_named(gesturelrcn: Program, eager_model: Callable[..., Path]) -> None:
    for option in ("--arm", "--laser"):
        done = gesturelrcn("slides", "sample", "--dry-run", option, "rase_hand", "--model", eager_model())
        said = "This model does not recognise the gesture 'rase_hand'; did you mean 'raise_hand'?"
        assert (done.returncode, done.stderr) == (2, f"gesturelrcn: {said}\n")


def test_the_laser_follows_the_hand(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path
) -> None:
    done = gesturelrcn(
        "slides", clip, "--dry-run", "--laser", "thumbs_up", "--model", eager_model("thumbs_up")
    )
    assert "thumbs_up: laser pointer" in done.stdout
    assert done.returncode == 0
