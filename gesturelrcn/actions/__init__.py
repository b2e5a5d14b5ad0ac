"""Events become key strokes: bindings say which, the dispatcher fires them, an injector sends them."""

from gesturelrcn.actions.bindings import Binding, Bindings, load_bindings
from gesturelrcn.actions.dispatcher import Dispatcher
from gesturelrcn.actions.injector import DryRunInjector, Injector, RecordingInjector
from gesturelrcn.actions.keys import Chord, KeyName, parse_chord
from gesturelrcn.actions.pynput_injector import PynputInjector

__all__ = [
    "Binding",
    "Bindings",
    "Chord",
    "Dispatcher",
    "DryRunInjector",
    "Injector",
    "KeyName",
    "PynputInjector",
    "RecordingInjector",
    "load_bindings",
    "parse_chord",
]
