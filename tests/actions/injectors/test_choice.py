"""Which injector fits which system."""

import pytest
from Xlib.display import Display

from gesturelrcn import InjectionError
from gesturelrcn.actions import X11Injector
from gesturelrcn.actions.injectors.choice import choose_injector


@pytest.mark.parametrize(
    ("environment", "platform", "permitted", "name", "said"),
    [
        ({"DISPLAY": ":1"}, "linux", False, "x11", "X11 display :1"),
        ({"DISPLAY": ":1"}, "linux", True, "x11", "X11 display :1"),
        ({}, "linux", True, "uinput", "no X11 display, and /dev/uinput is permitted"),
        ({}, "linux", False, "none", "there is no display (DISPLAY is not set)"),
        (
            {"WAYLAND_DISPLAY": "w"},
            "linux",
            True,
            "uinput",
            "this is a Wayland session and /dev/uinput is permitted",
        ),
        (
            {"WAYLAND_DISPLAY": "w"},
            "linux",
            False,
            "none",
            "this is a Wayland session without the right to send keys",
        ),
        (
            {"XDG_SESSION_TYPE": "wayland", "DISPLAY": ":0"},
            "linux",
            False,
            "x11",
            "this is a Wayland session without the right to send keys: only X programs (XWayland) get them",
        ),
        ({}, "win32", False, "pynput", "Windows takes keys from programs"),
        ({}, "darwin", False, "pynput", "macOS takes keys from programs"),
    ],
)
def test_the_injector_fits_the_system(environment, platform, permitted, name: str, said: str) -> None:
    choice = choose_injector(environment, platform, permitted)
    assert (choice.name, choice.reason) == (name, said)
    assert choice.usable == (name != "none")
    assert ("Wayland" in said and name != "uinput") <= bool(choice.remedy)
    if name == "none":
        with pytest.raises(InjectionError, match=r"keys cannot be sent: .*"):
            choice.make()


def test_the_choice_is_made_for_this_machine(display: Display) -> None:
    assert isinstance(choose_injector().make(), X11Injector)
