"""What bash gets when Tab is pressed, asked in its own way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gesturelrcn.cli.app import app
from gesturelrcn.model import read_card, shipped_models
from gesturelrcn.model.files import card_path
from tests.cli.conftest import Program

GESTURES = read_card(card_path("default")).gestures


def offered(line: str) -> list[str]:
    """The words that are offered for the last one of a command line."""
    words = line.split(" ")
    asked = {"_GESTURELRCN_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    program = Path(sys.executable).with_name("gesturelrcn")
    done = subprocess.run(
        [program], env={**os.environ, **asked}, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("gesturelrcn ev", ["evaluate"]),
        ("gesturelrcn run --web", ["--websocket"]),
        ("gesturelrcn run sa", ["sample"]),
        ("gesturelrcn run --model ", ["default", *(card.name for card in shipped_models())]),
        ("gesturelrcn run --engine t", ["torch"]),
        ("gesturelrcn slides --arm ", GESTURES),
        ("gesturelrcn slides --laser point_r", ["point_right"]),
        ("gesturelrcn why --gesture thu", ["thumbs_up"]),
        ("gesturelrcn slides --model nosuch.json --arm rai", ["raise_hand"]),
        ("gesturelrcn run talk.m", []),
        ("gesturelrcn bindings my", []),
    ],
)
def test_words_are_offered(line: str, words: list[str]) -> None:
    assert offered(line) == words


def test_every_command_is_offered() -> None:
    assert set(offered("gesturelrcn ")) == {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }


def test_real_bash_completes_words_and_files(gesturelrcn: Program, tmp_path: Path) -> None:
    """Where nothing is offered bash itself completes names of files: `-o default`."""
    script = gesturelrcn("--show-completion", "bash").stdout
    assert "complete -o default -F _gesturelrcn_completion gesturelrcn" in script
    (tmp_path / "complete.sh").write_text(script)
    ask = (
        f"source {tmp_path}/complete.sh; COMP_WORDS=(gesturelrcn slides --arm rai); COMP_CWORD=3; "
        "_gesturelrcn_completion gesturelrcn; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", ask], env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.stdout == "raise_hand\n", done.stderr
