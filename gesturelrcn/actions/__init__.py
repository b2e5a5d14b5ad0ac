"""Events become actions: bindings say which, the dispatcher does them safely, an injector presses."""

from gesturelrcn.actions.action import (
    Action,
    Call,
    Click,
    Control,
    Hold,
    Key,
    Laser,
    Run,
    Scroll,
    Sequence,
    Text,
    Wait,
)
from gesturelrcn.actions.bindings.bindings import Binding, Bindings, Options, Profile, Rules
from gesturelrcn.actions.bindings.file import load_bindings, parse_bindings
from gesturelrcn.actions.bindings.notation import parse_action
from gesturelrcn.actions.decisions import ActionState, Decision, Fact
from gesturelrcn.actions.desktop.active_window import active_window
from gesturelrcn.actions.desktop.window import ActiveWindow, Window
from gesturelrcn.actions.dispatcher import Dispatcher
from gesturelrcn.actions.injectors.choice import InjectorChoice, choose_injector
from gesturelrcn.actions.injectors.injector import DryRunInjector, Injector, RecordingInjector
from gesturelrcn.actions.injectors.pynput import PynputInjector
from gesturelrcn.actions.injectors.x11 import X11Injector
from gesturelrcn.actions.keys import Chord, KeyName, parse_chord
from gesturelrcn.actions.performer import LaserPointer

__all__ = [
    "Action",
    "ActionState",
    "ActiveWindow",
    "Binding",
    "Bindings",
    "Call",
    "Chord",
    "Click",
    "Control",
    "Decision",
    "Dispatcher",
    "DryRunInjector",
    "Fact",
    "Hold",
    "Injector",
    "InjectorChoice",
    "Key",
    "KeyName",
    "Laser",
    "LaserPointer",
    "Options",
    "Profile",
    "PynputInjector",
    "RecordingInjector",
    "Rules",
    "Run",
    "Scroll",
    "Sequence",
    "Text",
    "Wait",
    "Window",
    "X11Injector",
    "active_window",
    "choose_injector",
    "load_bindings",
    "parse_action",
    "parse_bindings",
    "parse_chord",
]
