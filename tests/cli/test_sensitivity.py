"""`--sensitivity`, `--turn-on`, and what is said of a model that has neither."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gesturelrcn.evaluation.curve import shifted
from gesturelrcn.model import read_card
from tests.cli.conftest import Program

WHY = "found 2 of 12"


@pytest.fixture
def model(eager_model: Callable[..., Path]) -> Path:
    """Sees point_right at 0.9, which is enough for `eager` only; raise_hand is off."""
    path = eager_model()
    card = read_card(path)
    points = {"eager": card.thresholds, "careful": shifted(card.thresholds, 4.0)}
    path.write_text(
        replace(
            card, thresholds=shifted(card.thresholds, 3.0), operating_points=points, off={"raise_hand": WHY}
        ).to_json()
    )
    return path


@pytest.fixture
def off(eager_model: Callable[..., Path]) -> Path:
    """Sees point_right, which is off."""
    path = eager_model()
    path.write_text(replace(read_card(path), off={"point_right": WHY}).to_json())
    return path


def starts(out: str) -> list[str]:
    events = [json.loads(line) for line in out.splitlines()]
    return [event["gesture"] for event in events if event["phase"] == "start"]


def test_run_starts_as_readily_as_it_is_told(gesturelrcn: Program, clip: Path, model: Path) -> None:
    usual = gesturelrcn("run", clip, "--json", "--model", model)
    assert (usual.returncode, starts(usual.stdout)) == (0, [])
    eager = gesturelrcn("run", clip, "--json", "--model", model, "--sensitivity", "eager")
    assert (eager.returncode, starts(eager.stdout)) == (0, ["point_right"])


def test_the_command_line_goes_before_the_options_of_the_file(
    gesturelrcn: Program, clip: Path, model: Path, bindings: Path
) -> None:
    bindings.write_text('[options]\nsensitivity = "eager"\n' + bindings.read_text())
    by_file = gesturelrcn("run", clip, "--dry-run", "--model", model, "--bindings", bindings)
    assert "press Right" in by_file.stdout
    over = ("--sensitivity", "careful")
    by_command = gesturelrcn("run", clip, "--dry-run", "--model", model, "--bindings", bindings, *over)
    assert (by_command.returncode, "press" in by_command.stdout) == (0, False)


def test_a_model_that_has_only_normal_says_so(
    gesturelrcn: Program, clip: Path, eager_model: Callable[..., Path], bindings: Path
) -> None:
    plain = eager_model()
    for command in ("run", "slides", "annotate"):
        done = gesturelrcn(command, clip, "--model", plain, "--sensitivity", "eager")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "gesturelrcn: eager has no sensitivity 'eager'; it has normal.\n"
    bindings.write_text(bindings.read_text() + 'sensitivity = "eager"\n')
    done = gesturelrcn("bindings", bindings, "--model", plain)
    assert done.returncode == 2
    assert done.stderr.endswith(":4:15: this model has no sensitivity 'eager'; it has normal\n")


def test_what_is_off_starts_only_where_it_is_turned_on(
    gesturelrcn: Program, clip: Path, off: Path, bindings: Path
) -> None:
    assert starts(gesturelrcn("run", clip, "--json", "--model", off).stdout) == []
    turned_on = gesturelrcn("run", clip, "--json", "--model", off, "--turn-on", "point_right,thumbs_up")
    assert starts(turned_on.stdout) == ["point_right"]
    refused = gesturelrcn("run", clip, "--dry-run", "--model", off, "--bindings", bindings)
    assert refused.returncode == 2
    assert f"'point_right' is off in this model ({WHY}); if you want it all the same" in refused.stderr
    bindings.write_text(bindings.read_text() + "turn_on = true\n")
    pressed = gesturelrcn("run", clip, "--dry-run", "--model", off, "--bindings", bindings)
    assert "press Right" in pressed.stdout
    unknown = gesturelrcn("run", clip, "--model", off, "--turn-on", "wave")
    assert unknown.returncode == 2
    assert "eager does not recognise the gesture 'wave'" in unknown.stderr


def test_slides_leave_out_what_is_off_and_refuse_to_be_armed_by_it(
    gesturelrcn: Program, clip: Path, off: Path
) -> None:
    shown = gesturelrcn("slides", clip, "--dry-run", "--model", off)
    assert "point_left" in shown.stdout
    assert "point_right" not in shown.stdout
    refused = gesturelrcn("slides", clip, "--dry-run", "--model", off, "--arm", "point_right")
    assert refused.returncode == 2
    assert refused.stderr.endswith("choose another one, or add --turn-on point_right.\n")


def test_a_timeline_knows_how_readily_gestures_started(
    gesturelrcn: Program, clip: Path, off: Path, tmp_path: Path
) -> None:
    annotate = ("annotate", clip, "--out", tmp_path, "--model", off, "--json")
    turned_on = json.loads(gesturelrcn(*annotate, "--turn-on", "point_right").stdout)["videos"][0]
    assert [span["gesture"] for span in turned_on["gestures"]] == ["point_right"]
    usual = gesturelrcn(*annotate)
    assert usual.returncode == 2
    assert "but made with the sensitivity normal and point_right turned on" in usual.stderr
    again = json.loads(gesturelrcn(*annotate, "--turn-on", "point_right").stdout)["videos"][0]
    assert again["status"] == "up to date"
    refused = gesturelrcn(*annotate, "--find", "point_right")
    assert refused.returncode == 2
    assert refused.stderr.endswith("if you want it all the same, add --turn-on point_right.\n")
