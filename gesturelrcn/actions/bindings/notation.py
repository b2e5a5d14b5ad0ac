"""How actions are written in a binding file: `key ctrl+s`, `scroll down 3`, `run notify-send hello`."""

import math
import shlex
from collections.abc import Callable

from gesturelrcn.actions.action import (
    BUTTON_NAMES,
    CONTROL_WORDS,
    DIRECTIONS,
    Action,
    Click,
    Control,
    Hold,
    Key,
    Laser,
    Run,
    Scroll,
    Text,
    Wait,
)
from gesturelrcn.errors import BindingError
from gesturelrcn.vocabulary import quoted, suggestion


def parse_action(text: str) -> Action:
    """Read one action.

    `key CHORD`, `hold CHORD`, `hold mouse left|middle|right`, `text ANYTHING`, `click [BUTTON] [TIMES]`,
    `scroll up|down|left|right [NOTCHES]`, `wait SECONDS`, `run PROGRAM ARGUMENTS`, `shell LINE`, `laser`,
    `arm`, `disarm`, `pause`, `stop`.

    Raises:
        BindingError: not such an action; the message has no file name.
    """
    # What is typed keeps its spaces; only the one behind the word belongs to the notation.
    word, _, rest = text.lstrip().partition(" ")
    word = word.strip()
    if word == "text":
        return Text(rest)
    if word in _READERS:
        return _READERS[word](rest.strip())
    alone: dict[str, Action] = {"laser": Laser()} | {each: Control(each) for each in CONTROL_WORDS}
    if word in alone:
        if rest.strip():
            raise BindingError(f"{word!r} stands alone, without {rest.strip()!r}")
        return alone[word]
    raise BindingError(_unknown(word, rest))


def _unknown(word: str, rest: str) -> str:
    if not word:
        return "there is no action; write for example key Right"
    words = ["text", "laser", *_READERS, *CONTROL_WORDS]
    near = suggestion(word.lower(), words)
    if near:
        return f"unknown action {quoted(word)}: did you mean '{near}'?"
    if not rest:
        try:
            return f"unknown action {quoted(word)}: did you mean '{Key(word)}'?"
        except BindingError:
            pass
    return f"unknown action {quoted(word)}; it is one of {', '.join(words)}"


def _click(rest: str) -> Click:
    words = rest.split()
    times = _whole(words.pop()) if words and words[-1].lstrip("-").isdigit() else 1
    if len(words) > 1:
        raise BindingError(f"'click {rest}' is not of the form 'click left 2'")
    if words and words[0] not in BUTTON_NAMES:
        raise BindingError(_not_one_of("mouse button", words[0], BUTTON_NAMES))
    return Click(words[0] if words else "left", times)


def _scroll(rest: str) -> Scroll:
    words = rest.split()
    if not 1 <= len(words) <= 2:
        raise BindingError(f"'scroll {rest}' is not of the form 'scroll down 3'")
    for direction in DIRECTIONS:
        if direction == words[0]:
            return Scroll(direction, _whole(words[1]) if len(words) == 2 else 1)
    raise BindingError(_not_one_of("direction", words[0], DIRECTIONS))


def _wait(rest: str) -> Wait:
    try:
        seconds = float(rest)
    except ValueError:
        seconds = math.nan
    if math.isnan(seconds):
        raise BindingError(f"'wait' needs a number of seconds, not {quoted(rest)}")
    return Wait(seconds)


def _run(rest: str) -> Run:
    try:
        return Run(tuple(shlex.split(rest)))
    except ValueError as error:
        raise BindingError(f"the command {quoted(rest)} cannot be taken apart: {error}") from error


_READERS: dict[str, Callable[[str], Action]] = {
    "key": Key,
    "hold": Hold,
    "click": _click,
    "scroll": _scroll,
    "wait": _wait,
    "run": _run,
    "shell": lambda line: Run((line,), shell=True),
}


def _whole(text: str) -> int:
    if not text.lstrip("-").isdecimal() or len(text) > 9:
        raise BindingError(f"{quoted(text)} is not a whole number")
    return int(text)


def _not_one_of(what: str, word: str, known: tuple[str, ...]) -> str:
    near = suggestion(word.lower(), list(known))
    hint = f": did you mean '{near}'?" if near else f"; it is one of {', '.join(known)}"
    return f"unknown {what} {quoted(word)}{hint}"
