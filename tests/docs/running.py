"""Runs the code blocks of a page, one after the other, in a folder of its own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

from gesturelrcn.actions import parse_bindings
from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.model import read_card
from gesturelrcn.model.files import card_path
from gesturelrcn.synthesis.motion.shipped import SHIPPED
from gesturelrcn.synthesis.motion.vocabulary_file import load_vocabulary
from gesturelrcn.toml.positions import parse_toml
from gesturelrcn.training.config.file import read_config
from tests.docs.blocks import ROOT, Block
from tests.docs.commands import PROGRAMS, WrongCommandError, check_all, without_prompts

SHELL, SESSION = ("bash", "sh"), "console"
_SECONDS = 900
"""For one block; so many because the machine may be busy. What hangs is ended all the same."""

_READER_GONE = 141
"""How a program ends when `head` has seen enough of it."""


class BlockError(Exception):
    """A block that does not do what the page says."""


class PageRun:
    """Runs or checks blocks; what one leaves in the folder the next finds there.

    Args:
        folder: the working folder.
        environment: added to that of this process.
    """

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = {**os.environ, **environment}
        self._environment["PATH"] = os.pathsep.join([str(PROGRAMS), os.environ.get("PATH", "")])
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            self._environment.pop(name, None)
        self._said = ""

    def block(self, block: Block) -> None:
        """Run or check one block.

        Raises:
            BlockError: something is wrong with it; the message begins with file and line.
        """
        kinds: dict[str, Callable[[Block], None]] = {
            **dict.fromkeys(SHELL, self._shell),
            SESSION: self._shell,
            "python": self._python,
            "toml": self._toml,
            "json": self._json,
            "html": self._html,
            "text": self._text,
        }
        kind = kinds.get(block.language)
        if kind is None:
            what = block.language or "no language"
            raise BlockError(f"{block.place}: a fence of {what}; known are {', '.join(kinds)}")
        try:
            kind(block)
        except (BlockError, WrongCommandError, GestureLrcnError, ValueError, SyntaxError) as problem:
            raise BlockError(f"{block.place}: {problem}") from problem

    def _shell(self, block: Block) -> None:
        not_run = _reason(block)
        session = block.language == SESSION
        check_all(without_prompts(block.text) if session else block.text, may_be_missing=not_run)
        if not not_run:
            text = block.as_run
            self._run(["bash", "-euo", "pipefail", "-c", without_prompts(text) if session else text])

    def _python(self, block: Block) -> None:
        compile(block.text, block.place, "exec")
        if not _reason(block):
            self._run([sys.executable, "-c", block.as_run])

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(
            command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        self._said = done.stdout + done.stderr
        if done.returncode not in (0, _READER_GONE):
            raise BlockError(f"ended with {done.returncode}: {self._said[-2000:].strip()}")

    def _kept(self, block: Block) -> Path:
        """The file in the folder of the page that holds the block."""
        name = block.directive("file") or f"block.{block.language}"
        file = self._folder / name
        if not file.resolve().is_relative_to(self._folder):
            raise BlockError(f"{name} is not in the folder of the page")
        file.write_text(block.as_run, encoding="utf-8")
        return file

    def _html(self, block: Block) -> None:
        self._kept(block)
        open_tags = _OpenTags(block.text)
        if open_tags.left:
            raise BlockError(f"<{open_tags.left[-1]}> is not closed")

    def _toml(self, block: Block) -> None:
        text, file = block.as_run, self._kept(block)
        document, _ = parse_toml(text)
        reader = block.directive("reader") or _reader_of(set(document))
        if reader == "bindings":
            parse_bindings(text, read_card(card_path("default")).gestures, block.place)
        elif reader == "training":
            read_config(file)
        elif reader == "gestures":
            load_vocabulary(file, SHIPPED)
        elif reader == "pyproject":
            _must_be_in(document, parse_toml((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[0])
        else:
            raise BlockError(f"nothing here reads a TOML file with {', '.join(document)}")

    def _json(self, block: Block) -> None:
        try:
            json.loads(block.text)
        except ValueError:
            for line in block.text.splitlines():
                json.loads(line)

    def _text(self, block: Block) -> None:
        if block.directive("output") is None:
            return
        said = [_pattern(line) for line in self._said.splitlines()]
        for line in block.text.splitlines():
            wanted = _pattern(line)
            if wanted and wanted != "...":
                if wanted not in said:
                    raise BlockError(f"the block before did not say {line.strip()!r}, but:\n{self._said}")
                said = said[said.index(wanted) + 1 :]


class _OpenTags(HTMLParser):
    """Attributes: left: tags that are open at the end, or that are closed without having been opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.left: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: object) -> None:
        if tag not in ("img", "br", "meta", "link", "input"):
            self.left.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.left and self.left[-1] == tag:
            self.left.pop()
        else:
            self.left.append(f"/{tag}")


def _reason(block: Block) -> bool:
    """Whether the block must not be run."""
    reason = block.directive("not run")
    if reason is not None and len(reason.split()) < 2:
        raise BlockError("a block that is not run needs a reason: <!-- not run: REASON -->")
    return reason is not None


def _reader_of(tables: set[str]) -> str | None:
    for reader, known in (
        ("bindings", {"bind", "options", "profile"}),
        ("gestures", {"movement", "gesture", "posture", "hand_shape", "whole_body"}),
    ):
        if tables and tables <= known:
            return reader
    return "training" if "data" in tables else None


def _must_be_in(part: object, whole: object) -> None:
    if isinstance(part, dict) and isinstance(whole, dict):
        for key, value in part.items():
            if key not in whole:
                raise BlockError(f"{key} does not stand in pyproject.toml")
            _must_be_in(value, whole[key])
    elif part != whole:
        raise BlockError(f"{part!r} is {whole!r} in pyproject.toml")


def _pattern(line: str) -> str:
    """A line with its numbers and the widths of its gaps left out: figures change with the model."""
    return " ".join(re.sub(r"-?\d+(\.\d+)?", "#", line).split())
