"""What X calls our keys: key symbols, https://www.x.org/releases/current/doc/xproto/x11protocol.html#keysym_encoding."""

from gesturelrcn.actions.keys import NAMED_KEYS, KeyName

_UNICODE = 0x01000000
"""What stands before the code point of a character outside Latin-1."""

_SPELLINGS: dict[str, tuple[str, ...]] = {
    **{"Ctrl": ("Control_L", "Control_R"), "Shift": ("Shift_L", "Shift_R"), "Alt": ("Alt_L", "Alt_R")},
    **{"Super": ("Super_L", "Super_R"), "PageUp": ("Prior",), "PageDown": ("Next",), "Enter": ("Return",)},
    **{"Backspace": ("BackSpace",), "Space": ("space",), "PrintScreen": ("Print",)},
    **{"VolumeUp": ("XF86_AudioRaiseVolume",), "VolumeDown": ("XF86_AudioLowerVolume",)},
    **{"VolumeMute": ("XF86_AudioMute",), "PlayPause": ("XF86_AudioPlay",)},
    **{"NextTrack": ("XF86_AudioNext",), "PreviousTrack": ("XF86_AudioPrev",)},
}


def keysyms_of(key: KeyName) -> tuple[int, ...]:
    """The symbols of a key, the one to press first; a key with a left and a right one has two."""
    from Xlib import XK

    if key not in NAMED_KEYS:
        return (keysym_of_character(key),)
    XK.load_keysym_group("xf86")
    return tuple(XK.string_to_keysym(spelling) for spelling in _SPELLINGS.get(key, (key,)))


def keysym_of_character(character: str) -> int:
    """Latin-1 has its own numbers as symbols, all other characters those of Unicode."""
    code_point = ord(character)
    return code_point if code_point <= 0xFF else _UNICODE + code_point
