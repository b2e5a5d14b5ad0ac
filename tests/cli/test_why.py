"""`gesturelrcn why`, `replay` and `bindings`, and a binding file that changes while `run` runs."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gesturelrcn.model import read_card
from tests.cli.conftest import Program
from tests.key_window import KeyWindow
from tests.waiting import wait_until
from tests.xvfb import XServer


@pytest.fixture(autouse=True)
def own_traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))


def test_why_and_replay_after_a_run(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path, bindings: Path, tmp_path: Path
) -> None:
    arguments = ("run", clip, "--dry-run", "--bindings", bindings, "--model", eager_model())
    assert gesturelrcn(*arguments).returncode == 0
    saved = tmp_path / "why.jsonl"
    why = gesturelrcn("why", "--save", saved)
    head, moment = why.stdout.splitlines()
    assert head.startswith(f"{clip}, model eager: the last ")
    assert moment.split()[2] == "point_right"
    assert moment.endswith("done: key Ctrl+Right")
    assert (why.returncode, why.stderr) == (0, "")
    other = gesturelrcn("why", saved, "--gesture", "raise_hand")
    assert other.stdout.splitlines()[1:] == ["Nothing like raise_hand was seen."]
    typo = gesturelrcn("why", saved, "--gesture", "raise_hnad")
    assert (typo.returncode, typo.stdout) == (2, "")
    assert typo.stderr.endswith("has no gesture 'raise_hnad'; did you mean raise_hand?\n")

    replay = gesturelrcn("replay", saved)
    assert replay.returncode == 0, replay.stderr
    decision, verdict = replay.stdout.splitlines()
    assert decision.split()[2:] == ["point_right", "start", "key", "Ctrl+Right"]
    assert verdict.endswith("1 decisions: as they were.")

    lines = [json.loads(line) for line in saved.read_text().splitlines()]
    for line in lines:
        if line["kind"] == "frame" and line.get("scores"):
            line["scores"] = [0.0] * len(line["scores"])
    saved.write_text("".join(json.dumps(line) + "\n" for line in lines))
    changed = gesturelrcn("replay", saved, "--json")
    assert changed.returncode == 1
    assert changed.stderr.endswith("NOT as they were.\n")
    assert json.loads(changed.stdout)["action"] == "key Ctrl+Right"

    lines[0]["version"] = 1
    saved.write_text("".join(json.dumps(line) + "\n" for line in lines))
    older = gesturelrcn("replay", saved)
    assert older.returncode == 1
    verdict, why_so = older.stdout.splitlines()[-2:]
    assert verdict.endswith("NOT as they were.")
    assert why_so.startswith("This trace was saved by an older version, which told of holds while a gesture")


def test_why_says_that_a_gesture_is_off(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path
) -> None:
    model = eager_model()
    card = replace(read_card(model), off={"point_right": "found 2 of 12", "thumbs_up": "found 1 of 12"})
    model.write_text(card.to_json())
    assert gesturelrcn("run", clip, "--model", model).returncode == 0
    off = "off in this model unless it is turned on (gesturelrcn models says why)"
    _, moment = gesturelrcn("why").stdout.splitlines()
    assert moment.split()[2] == "point_right"
    assert moment.endswith(f"not recognised: {off}")
    unseen = gesturelrcn("why", "--gesture", "thumbs_up")
    assert unseen.stdout.splitlines()[1:] == [f"thumbs_up is {off}."]


def test_why_and_replay_after_a_run_without_bindings(
    gesturelrcn: Program, eager_model: Callable[..., Path], clip: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "why.jsonl"
    assert gesturelrcn("run", clip, "--model", eager_model()).returncode == 0
    why = gesturelrcn("why", "--save", saved)
    assert (why.returncode, why.stderr) == (0, "")
    _, moment = why.stdout.splitlines()
    assert moment.split()[2] == "point_right"
    assert gesturelrcn("replay", saved).returncode == 0


def test_what_cannot_be_explained_is_one_sentence(gesturelrcn: Program, tmp_path: Path) -> None:
    for arguments, said in [
        (("why",), "There is no trace yet: start gesturelrcn run or slides, and ask during or after it."),
        (
            ("replay", tmp_path / "gone"),
            f"{tmp_path / 'gone'}: the trace cannot be read: No such file or directory.",
        ),
        (("bindings",), "Name a file of bindings to check, or say --example or --schema."),
    ]:
        done = gesturelrcn(*arguments)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", f"gesturelrcn: {said}\n")


def test_bindings_are_checked_and_shown(
    gesturelrcn: Program, eager_model: Callable[..., Path], bindings: Path
) -> None:
    model = ("--model", eager_model())
    assert gesturelrcn("bindings", bindings, *model).stdout == f"{bindings} is right: 1 bindings.\n"
    assert gesturelrcn("bindings", "--example").stdout.count("[[bind]]") == 7
    assert json.loads(gesturelrcn("bindings", "--schema").stdout)["title"] == "Bindings of gesturelrcn"


def test_a_file_that_is_edited_while_it_is_used(
    gesturelrcn: Program,
    eager_model: Callable[..., Path],
    bindings: Path,
    window: KeyWindow,
    x_server: XServer,
) -> None:
    hold = '[[bind]]\ngesture = "point_right"\ndo = "hold ctrl"\n'
    bindings.write_text(hold)
    arguments = ("run", "sample", "--realtime", "--bindings", bindings, "--model", eager_model())
    process = gesturelrcn.start(*arguments, display=x_server.display)
    assert process.stdout is not None
    assert process.stderr is not None
    while "start" not in process.stdout.readline():
        pass
    wait_until(window.keys_down)
    bindings.write_text(hold.replace("point_right", "point_rihgt"))
    said = process.stderr.readline()
    assert said == (
        f"{bindings}:2:11: unknown gesture 'point_rihgt': did you mean 'point_right'? "
        "(the bindings before stay in force)\n"
    )
    bindings.write_text(hold.replace("ctrl", "alt"))
    while "bindings read again" not in process.stdout.readline():
        assert process.poll() is None
    wait_until(lambda: not window.keys_down())  # it is said before it is done
    os.kill(process.pid, 9)
    process.wait()


def test_bad_commands_in_a_file(
    gesturelrcn: Program, eager_model: Callable[..., Path], bindings: Path
) -> None:
    bindings.write_text(
        '[options]\ncommands = true\n[[bind]]\ngesture = "point_right"\ndo = "run no-such-thing"\n'
    )
    done = gesturelrcn("run", "sample", "--bindings", bindings, "--model", eager_model())
    said = f"{bindings}:5:6: there is no command 'no-such-thing' on this computer"
    assert (done.returncode, done.stderr) == (2, f"gesturelrcn: {said}\n")
