import json
import re
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from gesturelrcn.cli.console import say
from gesturelrcn.model import assets
from tests.cli.conftest import Program
from tests.evaluation.films import pictures
from tests.key_window import KeyWindow
from tests.xvfb import XServer


def test_json_is_one_event_a_line_and_nothing_else(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path
) -> None:
    done = gesturelrcn("run", clip, "--json", "--model", eager_model())
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["phase"] for event in events][:2] == ["start", "hold"]
    assert {event["phase"] for event in events[1:-1]} == {"hold"}
    assert events[-1]["phase"] == "end"
    for event in events:
        assert event["gesture"] == "point_right"
        assert event["id"] == events[0]["id"]
        assert 0.6 < event["confidence"] <= 1
        assert event["captured_at"] == event["decided_at"] == event["media_time"]
    assert (done.returncode, done.stderr) == (0, "")


def test_lines_for_people_tell_start_and_end(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path
) -> None:
    done = gesturelrcn("run", clip, "--model", eager_model())
    start, end = done.stdout.splitlines()
    assert re.fullmatch(
        r" +\d+\.\d\d s  point_right  start  0\.\d\d(  (left|right) hand|  both hands)?", start
    )
    assert re.fullmatch(r" +\d+\.\d\d s  point_right  end    0\.\d\d(  (left|right) hand|  both hands)?", end)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_replay_says_the_same(gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path) -> None:
    arguments = ("run", clip, "--json", "--model", eager_model())
    assert gesturelrcn(*arguments).stdout == gesturelrcn(*arguments).stdout


def test_a_dry_run_says_the_keys_among_the_events(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path, bindings: Path
) -> None:
    done = gesturelrcn("run", clip, "--dry-run", "--bindings", bindings, "--model", eager_model())
    lines = done.stdout.splitlines()
    assert "start" in lines[0]
    assert lines[1:5] == ["press Ctrl", "press Right", "release Right", "release Ctrl"]
    assert "end" in lines[5]
    assert (len(lines), done.returncode, done.stderr) == (6, 0, "")


def test_a_dry_run_keeps_json_pure(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path, bindings: Path
) -> None:
    done = gesturelrcn("run", clip, "--json", "--dry-run", "--bindings", bindings, "--model", eager_model())
    assert all(json.loads(line)["gesture"] for line in done.stdout.splitlines())
    assert done.stderr.splitlines() == ["press Ctrl", "press Right", "release Right", "release Ctrl"]


def test_keys_reach_the_window_in_front(
    gesturelrcn: Program,
    eager_model: Callable[..., Path],
    clip: Path,
    bindings: Path,
    window: KeyWindow,
    x_server: XServer,
) -> None:
    arguments = ("run", clip, "--bindings", bindings, "--model", eager_model())
    done = gesturelrcn(*arguments, display=x_server.display)
    assert (done.returncode, done.stderr) == (0, "")
    assert window.received() == [
        ("press", "Control_L"),
        ("press", "Right"),
        ("release", "Right"),
        ("release", "Control_L"),
    ]
    assert window.keys_down() == []


def test_without_bindings_nothing_is_pressed(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path, window: KeyWindow, x_server: XServer
) -> None:
    assert gesturelrcn("run", clip, "--model", eager_model(), display=x_server.display).returncode == 0
    assert window.received() == []


def test_events_come_while_the_recording_still_plays(
    gesturelrcn: Program, eager_model: Callable[..., Path]
) -> None:
    process = gesturelrcn.start("run", "sample", "--realtime", "--json", "--model", eager_model())
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["phase"] == "start"
    assert process.poll() is None


def gestures_of(out: str) -> list[str]:
    events = [json.loads(line) for line in out.splitlines()]
    return [event["gesture"] for event in events if event["phase"] == "start"]


@pytest.mark.parametrize(
    ("options", "mirrored"), [((), False), (("--mirrored",), True), (("--engine", "torch"), False)]
)
def test_the_shipped_model_sees_what_the_sample_shows(
    gesturelrcn: Program, options: tuple[str, ...], mirrored: bool
) -> None:
    truth = (assets() / "sample.jsonl").read_text().splitlines()
    shown = [json.loads(line)["gesture"] for line in truth]
    if mirrored:
        other = {"point_left": "point_right", "point_right": "point_left"}
        shown = [other.get(gesture, gesture) for gesture in shown]
    done = gesturelrcn("run", "sample", "--json", *options)
    assert gestures_of(done.stdout) == shown
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("option", ["--dry-run", "--rehearse"])
def test_commands_are_said_and_not_run(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path, tmp_path: Path, option: str
) -> None:
    made, bindings = tmp_path / "made", tmp_path / "commands.toml"
    bindings.write_text(
        f'[options]\ncommands = true\n[[bind]]\ngesture = "point_right"\ndo = "run touch {made}"\n'
    )
    done = gesturelrcn("run", clip, option, "--bindings", bindings, "--model", eager_model())
    assert done.returncode == 0
    assert f"run touch {made}" in done.stdout
    assert not made.exists()


def test_control_characters_reach_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("a\x1b[2Jb\tc\udc80")
    assert capsys.readouterr().out == "a\\x1b[2Jb\tc\\udc80\n"


def test_a_folder_of_pictures_is_as_fast_as_it_is_said_to_be(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path, tmp_path: Path
) -> None:
    for number, image in enumerate(pictures(0.0, 1.5)):
        cv2.imwrite(str(tmp_path / f"{number:03d}.png"), image)
    ends = [
        gesturelrcn("run", tmp_path, *rate, "--json", "--model", eager_model())
        for rate in ((), ("--fps", 30))
    ]
    assert [end.returncode for end in ends] == [0, 0]
    assert "taken for 15 a second, --fps says otherwise" in ends[0].stderr
    assert ends[1].stderr == ""
    lasts = [json.loads(end.stdout.splitlines()[-1])["media_time"] for end in ends]
    assert lasts[0] == pytest.approx(2 * lasts[1])
