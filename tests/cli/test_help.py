"""`--help` teaches: each command says in a sentence what it does, and shows a line that works."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gesturelrcn.cli.app import app

GROUP = typer.main.get_command(app)
NAMES = sorted(GROUP.commands)  # type: ignore[attr-defined]

PLAIN = {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}


def help_of(*words: str) -> str:
    done = CliRunner().invoke(app, [*words, "--help"], env=PLAIN)
    assert done.exit_code == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", done.output)


@pytest.mark.parametrize("name", NAMES)
def test_each_command_says_what_it_does_and_shows_a_line_that_works(name: str) -> None:
    shown = help_of(name)
    command = GROUP.commands[name]  # type: ignore[attr-defined]
    sentence = command.help.split("\n\n")[0].strip()
    assert sentence.endswith("."), sentence
    [example] = re.findall(r"For example: gesturelrcn (.+?)\s*$", shown, re.MULTILINE)
    words = shlex.split(example.partition(">")[0])
    assert words[0] == name
    command.make_context(name, words[1:])  # refuses what the command does not know


@pytest.mark.parametrize("name", NAMES)
def test_each_option_is_explained(name: str) -> None:
    for parameter in GROUP.commands[name].params:  # type: ignore[attr-defined]
        assert parameter.help, f"{name} {parameter.name}"


def test_the_first_page_sorts_the_commands() -> None:
    shown = help_of()
    for panel in ("Use gestures", "See what happens", "Teach and measure"):
        assert panel in shown
    assert "gesturelrcn run sample" in shown
    for name in NAMES:
        assert re.search(rf"^\W*{name}\s", shown, re.MULTILINE), name


def test_nothing_said_shows_the_help() -> None:
    done = CliRunner().invoke(app, [])
    assert "Use gestures" in done.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["runn"], "Did you mean 'run'?"),
        (["run", "--jsn", "0"], "--json"),
        (["run"], "Missing argument 'SOURCE'"),
        (["run", "sample", "--engine", "tensorflow"], "'onnxruntime', 'torch'"),
    ],
)
def test_slips_of_the_pen_are_understood(words: list[str], told: str) -> None:
    done = CliRunner().invoke(app, words, env=PLAIN)
    assert done.exit_code == 2
    assert told in re.sub(r"\x1b\[[0-9;]*m", "", done.output)


COMMANDS_PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_the_page_of_commands_has_each_with_the_same_example(name: str) -> None:
    [example] = re.findall(r"For example: gesturelrcn (.+?)\s*$", help_of(name), re.MULTILINE)
    [row] = [line for line in COMMANDS_PAGE.splitlines() if line.startswith(f"| `{name}` |")]
    assert f"`gesturelrcn {example.partition(' >')[0]}`" in row
