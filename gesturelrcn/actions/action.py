"""What a gesture can do: small immutable values that combine, `Key("ctrl+s") + Wait(0.2) + Text("saved")`.

Each prints as the words that stand for it in a binding file.
"""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gesturelrcn.actions.keys import MOUSE_BUTTONS, Chord, KeyName, chord_of_character, parse_chord
from gesturelrcn.errors import BindingError
from gesturelrcn.events import GestureEvent

LONGEST_WAIT = 60.0
"""Seconds that a sequence may pause at a time."""

Direction = Literal["up", "down", "left", "right"]
DIRECTIONS: tuple[Direction, ...] = ("up", "down", "left", "right")
MOST_NOTCHES = 100
MOST_CLICKS = 10

ControlWord = Literal["arm", "disarm", "pause", "stop"]
CONTROL_WORDS: tuple[ControlWord, ...] = ("arm", "disarm", "pause", "stop")

_BUTTONS = dict(zip(("left", "middle", "right"), MOUSE_BUTTONS, strict=True))
BUTTON_NAMES = tuple(_BUTTONS)


class Action:
    """Something that a gesture does; `a + b` does one after the other."""

    @property
    def steps(self) -> tuple["Action", ...]:
        """The single actions that this one consists of, in order."""
        return (self,)

    def __add__(self, other: "Action") -> "Sequence":
        return Sequence(self.steps + other.steps)


@dataclass(frozen=True)
class Sequence(Action):
    """Actions one after the other.

    Attributes:
        of: at least one single action; sequences inside are laid out flat.
    """

    of: tuple[Action, ...]

    def __post_init__(self) -> None:
        """Raises: BindingError: there is nothing in it."""
        if not self.of:
            raise BindingError("a sequence of no actions does nothing")
        object.__setattr__(self, "of", tuple(step for action in self.of for step in action.steps))

    @property
    def steps(self) -> tuple[Action, ...]:
        """The single actions."""
        return self.of

    def __str__(self) -> str:
        return ", ".join(map(str, self.of))


@dataclass(frozen=True)
class Key(Action):
    """Tap a key or a chord: `Key("Right")`, `Key("ctrl+s")`.

    Attributes:
        keys: as `parse_chord` reads it; kept in its one spelling.
    """

    keys: str

    def __post_init__(self) -> None:
        """Raises: BindingError: no such key."""
        object.__setattr__(self, "keys", str(parse_chord(self.keys)))

    @property
    def chord(self) -> Chord:
        """What goes down and comes up."""
        return parse_chord(self.keys)

    def __str__(self) -> str:
        return f"key {self.keys}"


@dataclass(frozen=True)
class Hold(Action):
    """Keep something down for as long as the gesture lasts: `Hold("ctrl")`, `Hold("mouse left")`.

    Attributes:
        keys: a chord, or `mouse` with `left`, `middle` or `right`.
    """

    keys: str

    def __post_init__(self) -> None:
        """Raises: BindingError: no such key or button."""
        mouse, _, name = self.keys.strip().lower().partition(" ")
        button = f"mouse {_button(name.strip())}" if mouse == "mouse" else ""
        object.__setattr__(self, "keys", button or str(parse_chord(self.keys)))

    @property
    def chord(self) -> Chord:
        """What goes down and comes up."""
        mouse, _, name = self.keys.partition(" ")
        return Chord((_BUTTONS[name],)) if mouse == "mouse" else parse_chord(self.keys)

    def __str__(self) -> str:
        return f"hold {self.keys}"


@dataclass(frozen=True)
class Text(Action):
    """Type a text: `Text("saved")`. A line end is Enter.

    Attributes:
        text: at least one character, none of them a control character.
    """

    text: str

    def __post_init__(self) -> None:
        """Raises: BindingError: nothing to type, or a character that no key types."""
        if not self.text:
            raise BindingError("there is no text to type")
        for character in self.text:
            chord_of_character(character)

    @property
    def chords(self) -> tuple[Chord, ...]:
        """One for each character."""
        return tuple(map(chord_of_character, self.text))

    def __str__(self) -> str:
        return f"text {self.text}"


@dataclass(frozen=True)
class Click(Action):
    """Click with the mouse where it is: `Click()`, `Click("right")`, `Click("left", 2)`.

    Attributes:
        button: `left`, `middle` or `right`.
        times: 2 for a double click.
    """

    button: str = "left"
    times: int = 1

    def __post_init__(self) -> None:
        """Raises: BindingError: no such button, or no such number of clicks."""
        _button(self.button)
        if not 1 <= self.times <= MOST_CLICKS:
            raise BindingError(f"{self.times} clicks: it can be 1 to {MOST_CLICKS}")

    @property
    def chord(self) -> Chord:
        """What goes down and comes up, each time."""
        return Chord((_BUTTONS[self.button],))

    def __str__(self) -> str:
        return f"click {self.button}" + (f" {self.times}" if self.times > 1 else "")


@dataclass(frozen=True)
class Scroll(Action):
    """Turn the mouse wheel: `Scroll("down", 3)`.

    Attributes:
        direction: `up`, `down`, `left` or `right`.
        notches: how far.
    """

    direction: Direction
    notches: int = 1

    def __post_init__(self) -> None:
        """Raises: BindingError: no such direction or number."""
        if self.direction not in DIRECTIONS:
            raise BindingError(f"unknown direction {self.direction!r}; it is one of {', '.join(DIRECTIONS)}")
        if not 1 <= self.notches <= MOST_NOTCHES:
            raise BindingError(f"{self.notches} notches: it can be 1 to {MOST_NOTCHES}")

    @property
    def vector(self) -> tuple[int, int]:
        """Notches to the right and upwards."""
        x, y = {"up": (0, 1), "down": (0, -1), "left": (-1, 0), "right": (1, 0)}[self.direction]
        return x * self.notches, y * self.notches

    def __str__(self) -> str:
        return f"scroll {self.direction} {self.notches}"


@dataclass(frozen=True)
class Wait(Action):
    """Let time pass before the next action of a sequence; nothing else waits for it.

    Attributes:
        seconds: more than 0, at most `LONGEST_WAIT`.
    """

    seconds: float

    def __post_init__(self) -> None:
        """Raises: BindingError: no such time."""
        if not 0 < self.seconds <= LONGEST_WAIT:
            raise BindingError(
                f"a wait of {self.seconds:g} s: it can be more than 0 and at most {LONGEST_WAIT:g} s"
            )

    def __str__(self) -> str:
        return f"wait {self.seconds:g}"


@dataclass(frozen=True)
class Run(Action):
    """Start a program; it is ended if it takes too long, and nothing waits for it.

    Attributes:
        command: the program and its arguments, or the one line that a shell is given.
        shell: let a shell read the line, with pipes, variables and all.
    """

    command: tuple[str, ...]
    shell: bool = False

    def __post_init__(self) -> None:
        """Raises: BindingError: there is no command."""
        if not self.command or not self.command[0].strip():
            raise BindingError("there is no command to run")

    def __str__(self) -> str:
        return f"shell {self.command[0]}" if self.shell else f"run {shlex.join(self.command)}"


@dataclass(frozen=True)
class Call(Action):
    """Call a Python function with the event, in a thread of its own; only from Python, not from a file.

    Attributes:
        function: what it raises is logged.
    """

    function: Callable[[GestureEvent], object]

    def __str__(self) -> str:
        return f"call {getattr(self.function, '__qualname__', repr(self.function))}"


@dataclass(frozen=True)
class Control(Action):
    """Steer the actions themselves: `Control("pause")`.

    Attributes:
        word: `arm`, `disarm`, `pause` (once more goes on) or `stop`.
    """

    word: ControlWord

    def __post_init__(self) -> None:
        """Raises: BindingError: no such word."""
        if self.word not in CONTROL_WORDS:
            raise BindingError(f"unknown word {self.word!r}; it is one of {', '.join(CONTROL_WORDS)}")

    def __str__(self) -> str:
        return self.word


@dataclass(frozen=True)
class Laser(Action):
    """Point with the hand for as long as the gesture lasts; a `LaserPointer` shows where."""

    def __str__(self) -> str:
        return "laser"


def pressed_by(action: Action) -> tuple[KeyName, ...]:
    """Every key and button that an action presses, in order; each as often as it is pressed."""
    keys: list[KeyName] = []
    for step in action.steps:
        if isinstance(step, Key | Hold | Click):
            keys += step.chord.keys
        elif isinstance(step, Text):
            keys += (key for chord in step.chords for key in chord.keys)
    return tuple(keys)


def _button(name: str) -> str:
    if name not in _BUTTONS:
        raise BindingError(f"unknown mouse button {name!r}; it is one of {', '.join(_BUTTONS)}")
    return name
