"""Looks at command lines without running them: do program, options, modules, files and targets exist?"""

import importlib.util
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import typer

from gesturelrcn.cli.app import app
from gesturelrcn.toml.positions import parse_toml
from tests.docs.blocks import ROOT

_BUILT_IN = {"cd", "source", ".", "export", "exit", "true"}
_BEFORE_A_COMMAND = {"do", "then", "else", "if", "while", "!"}
_NO_COMMAND = {"for", "done", "fi"}
_WRAPPERS = {"nice": {"-n"}, "time": set(), "env": set(), "timeout": {"-k"}, "taskset": {"-c"}}
"""Programs that start another one, with those of their options that take a value."""


class WrongCommandError(Exception):
    """A command line that cannot work."""


def without_prompts(text: str) -> str:
    """The commands of a console session: what stands behind `$ `."""
    return "\n".join(line[2:] for line in text.splitlines() if line.startswith("$ "))


def commands(text: str) -> Iterator[list[str]]:
    """The words of each simple command, without comments, redirections and assignments."""
    for line in text.replace("\\\n", " ").splitlines():
        words: list[str] = []
        skip = False
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        for word in lexer:
            if skip:
                skip = False
            elif set(word) <= set("<>&") and set(word) & set("<>"):
                skip = True
                if words and words[-1].isdecimal() and re.search(rf"\s{words[-1]}[<>]", line):
                    words.pop()
            elif set(word) <= set("|&;()"):
                yield from _without_assignments(words)
                words = []
            else:
                words.append(word)
        yield from _without_assignments(words)


def _without_assignments(words: list[str]) -> Iterator[list[str]]:
    while words and (re.match(r"[A-Za-z_]+=", words[0]) or words[0] in _BEFORE_A_COMMAND):
        words = words[1:]
    if words and words[0] not in _NO_COMMAND:
        yield words


def check(words: list[str], *, may_be_missing: bool) -> None:
    """Look at one command.

    Args:
        words: of the command.
        may_be_missing: the block is not run here, so a program that is no part of this project may be absent.

    Raises:
        WrongCommandError: it cannot work.
    """
    program, arguments = Path(words[0]).name, words[1:]
    if program in _WRAPPERS:
        check(_wrapped(program, arguments), may_be_missing=may_be_missing)
    elif "gesturelrcn" in (program, *arguments) and program in ("gesturelrcn", "torchrun"):
        check_gesturelrcn(words[[Path(word).name for word in words].index("gesturelrcn") + 1 :])
    elif re.fullmatch(r"python3?(\.\d+)?", program):
        _check_python(arguments)
    elif program == "make":
        _check_make(arguments)
    elif program == "pip":
        _check_pip(arguments)
    elif "/" in words[0] and not words[0].startswith((".venv/", "~", "/")):
        if not (ROOT / words[0]).exists():
            raise WrongCommandError(f"there is no {words[0]}")
    elif not may_be_missing and program not in _BUILT_IN and shutil.which(program) is None:
        raise WrongCommandError(f"there is no program {program} here")


def _wrapped(program: str, arguments: list[str]) -> list[str]:
    taking = _WRAPPERS[program]
    while arguments and (arguments[0].startswith("-") or "=" in arguments[0]):
        arguments = arguments[2 if arguments[0] in taking else 1 :]
    return arguments[1:] if program == "timeout" else arguments


def check_gesturelrcn(words: list[str], *, may_be_short: bool = False) -> None:
    """Parse the words behind `gesturelrcn` as the program would, and do nothing.

    Brackets of a synopsis, as in `[--json]`, are taken for what they hold; `COMMAND` stands for any.

    Raises:
        WrongCommandError: there is no such command or option, or an argument is missing or one too many.
    """
    group = typer.main.get_command(app)
    words = [word.strip("[]") for word in words]
    name = next((word for word in words if not word.startswith("-")), None)
    if name == "COMMAND":
        return
    if name is not None and name not in group.commands:  # type: ignore[attr-defined]
        raise WrongCommandError(f"gesturelrcn has no command {name}")
    at = words.index(name) if name is not None else len(words)
    _parse(group, [*words[:at], "models"])
    if name is not None:
        command = group.commands[name]  # type: ignore[attr-defined]
        _parse(command, words[at + 1 :], may_be_short=may_be_short)


def _parse(command: typer.core.TyperCommand, words: list[str], *, may_be_short: bool = False) -> None:
    try:
        command.make_context(command.name or "", words)
    except (typer.Exit, SystemExit):  # --help and --version
        pass
    except Exception as problem:
        if may_be_short and type(problem).__name__ in ("MissingParameter", "BadOptionUsage"):
            return
        said = getattr(problem, "message", "") or str(problem) or type(problem).__name__
        raise WrongCommandError(f"gesturelrcn {command.name} {' '.join(words)}: {said}") from None


def _check_python(arguments: list[str]) -> None:
    if not arguments or arguments[0] == "-c" or arguments[0].startswith("--version"):
        return
    if arguments[0] == "-m":
        module, rest = arguments[1], arguments[2:]
        if module == "gesturelrcn":
            check_gesturelrcn(rest)
            return
        if module == "pip":
            _check_pip(rest)
            return
        found = importlib.util.find_spec(module)
        if found is None:
            raise WrongCommandError(f"there is no module {module}")
        if found.submodule_search_locations:
            found = importlib.util.find_spec(f"{module}.__main__")
        source = Path(found.origin) if found and found.origin else None
    else:
        source, rest = ROOT / arguments[0], arguments[1:]
        if not source.is_file():
            raise WrongCommandError(f"there is no file {arguments[0]}")
    if source is not None and source.is_relative_to(ROOT) and ".venv" not in source.parts:
        _check_options(source, rest)


def _check_options(source: Path, words: list[str]) -> None:
    """Options of a script of this project stand in its source, or in that of a module beside it."""
    sources = [source, *(source.parent.glob("*.py") if source.name == "__main__.py" else ())]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    for word in words:
        option = word.partition("=")[0]
        if option.startswith("--") and f'"{option}"' not in text:
            raise WrongCommandError(f"{source.relative_to(ROOT)} has no option {option}")


def _check_make(arguments: list[str]) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    known = targets[1].split() if targets else []
    for word in arguments:
        name, assigned, _ = word.partition("=")
        if assigned and not re.search(rf"\b{name}\b", makefile):
            raise WrongCommandError(f"the Makefile knows no variable {name}")
        if not assigned and name not in known:
            raise WrongCommandError(f"the Makefile has no target {name}")


def _check_pip(arguments: list[str]) -> None:
    project, _ = parse_toml((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    for word in arguments:
        named = re.match(r"(?:gesturelrcn|\.)\[([\w,-]+)\]", word)
        for extra in named[1].split(",") if named else ():
            if extra not in extras:
                raise WrongCommandError(f"there is no extra {extra}")


def check_all(text: str, *, may_be_missing: bool) -> None:
    """Look at every command of a text.

    Raises:
        WrongCommandError: one of them cannot work.
    """
    for words in commands(text):
        check(words, may_be_missing=may_be_missing)


PROGRAMS = Path(sys.executable).parent
"""Where `gesturelrcn` and `python` of this environment are."""
