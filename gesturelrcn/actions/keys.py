"""Names of keys, mouse buttons and chords such as `Ctrl+s`, the same on every platform."""

from dataclasses import dataclass
from typing import NewType

from gesturelrcn.errors import BindingError
from gesturelrcn.vocabulary import quoted, suggestion

KeyName = NewType("KeyName", str)
"""The one spelling of a key that injectors are given: a name from `NAMED_KEYS` or a single character."""

MODIFIERS: tuple[KeyName, ...] = tuple(KeyName(name) for name in ("Ctrl", "Shift", "Alt", "Super"))
"""Keys that do something only together with the key after them."""

_SPELLINGS: dict[str, tuple[str, ...]] = {
    "Ctrl": ("control",),
    "Shift": (),
    "Alt": ("option",),
    "Super": ("win", "windows", "cmd", "command", "meta"),
    "Left": (),
    "Right": (),
    "Up": (),
    "Down": (),
    "PageUp": ("page_up", "pgup", "prior"),
    "PageDown": ("page_down", "pgdn", "pgdown", "next"),
    "Home": (),
    "End": (),
    "Insert": ("ins",),
    "Delete": ("del",),
    "Backspace": ("back_space",),
    "Tab": (),
    "Enter": ("return",),
    "Escape": ("esc",),
    "Space": ("spacebar",),
    "Menu": (),
    "Pause": (),
    "PrintScreen": ("print_screen", "print"),
    "VolumeUp": ("volume_up",),
    "VolumeDown": ("volume_down",),
    "VolumeMute": ("volume_mute", "mute"),
    "PlayPause": ("play_pause", "play"),
    "NextTrack": ("next_track",),
    "PreviousTrack": ("previous_track", "prev_track"),
    **{f"F{number}": () for number in range(1, 21)},
}

MOUSE_BUTTONS: tuple[KeyName, ...] = tuple(
    KeyName(name) for name in ("MouseLeft", "MouseMiddle", "MouseRight")
)
"""Buttons go down and come up like keys, so they have names like keys; chords do not contain them."""

# Characters that are awkward in a chord or on some keyboards can be written as a word.
_CHARACTER_WORDS: dict[str, str] = {
    "plus": "+",
    "minus": "-",
    "comma": ",",
    "period": ".",
    "dot": ".",
    "slash": "/",
    "backslash": "\\",
    "semicolon": ";",
    "apostrophe": "'",
    "quote": "'",
    "grave": "`",
    "equal": "=",
    "bracketleft": "[",
    "bracketright": "]",
}

NAMED_KEYS: tuple[KeyName, ...] = tuple(KeyName(name) for name in _SPELLINGS)
"""Every key that has a name rather than a character."""

_BY_SPELLING: dict[str, KeyName] = {
    spelling: KeyName(name) for name, others in _SPELLINGS.items() for spelling in (name.lower(), *others)
} | {word: KeyName(character) for word, character in _CHARACTER_WORDS.items()}


_TYPED_BY_NAME = {" ": KeyName("Space"), "\n": KeyName("Enter"), "\t": KeyName("Tab")}


@dataclass(frozen=True)
class Chord:
    """Keys that go down one after the other and come up in reverse: `Right`, `Ctrl+s`.

    Attributes:
        keys: at least one; all but the last are modifiers; none twice.
    """

    keys: tuple[KeyName, ...]

    def __str__(self) -> str:
        return "+".join(self.keys)


def parse_chord(text: str) -> Chord:
    """Read `Right`, `page_up`, `ctrl+s`, `shift+ctrl+F5`, `+` or `ctrl++`.

    Names are the same in upper and lower case. A letter is a key, not a character: `S` is the key of
    `s`, a capital is `shift+s`. Punctuation is the character, with whatever Shift it needs.

    Raises:
        BindingError: no such key, or modifiers not in front; the message has no file name.
    """
    keys = tuple(_parse_key(part, text) for part in _split(text))
    for key in keys[:-1]:
        if key not in MODIFIERS:
            raise BindingError(
                f"{text!r} presses {key} before the last key, where only {_listed(MODIFIERS)} can be"
            )
    if len(set(keys)) < len(keys):
        raise BindingError(f"{text!r} names the same key twice")
    return Chord(keys)


def chord_of_character(character: str) -> Chord:
    """What types one character: `a`, `Shift+a` for `A`, `Enter` for a line end.

    Raises:
        BindingError: a character that no key types, such as a control character.
    """
    if character in _TYPED_BY_NAME:
        return Chord((_TYPED_BY_NAME[character],))
    if not character.isprintable():
        raise BindingError(f"no key types the character {character!r}")
    small = character.lower()
    if small != character and small.upper() == character:
        return Chord((KeyName("Shift"), KeyName(small)))
    return Chord((KeyName(character),))


def _split(text: str) -> list[str]:
    parts = text.strip().split("+")
    if parts[-2:] == ["", ""]:
        # "+" and "ctrl++" end in the plus key itself.
        parts[-2:] = ["+"]
    return [part.strip() for part in parts]


def _parse_key(name: str, text: str) -> KeyName:
    if len(name) == 1 and name.isprintable() and not name.isspace():
        # A few capitals, such as the Turkish dotted I, have no single lower-case character.
        return KeyName(name.lower() if len(name.lower()) == 1 else name)
    known = _BY_SPELLING.get(name.lower())
    if known is not None:
        return known
    if not name:
        raise BindingError(f"{quoted(text)} has no key beside a '+'" if text.strip() else "the key is empty")
    near = suggestion(name.lower(), list(_BY_SPELLING))
    hint = (
        f": did you mean '{_BY_SPELLING[near]}'?"
        if near
        else "; write for example Right, PageDown, space, F5 or ctrl+s"
    )
    raise BindingError(f"unknown key {quoted(name)}{hint}")


def _listed(keys: tuple[KeyName, ...]) -> str:
    return ", ".join(keys[:-1]) + " and " + keys[-1]
