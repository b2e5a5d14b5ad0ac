"""Gestures do things, bound in Python. With a source: python demos/actions.py clip.mp4

Says what it would press; put choose_injector().make() in place of DryRunInjector(print) to press it.
"""

import sys

from gesturelrcn import GestureStream
from gesturelrcn.actions import Binding, Bindings, Call, Dispatcher, DryRunInjector, Key, Text

if "--help" in sys.argv:
    print(__doc__)
    sys.exit()

GREET = Key("ctrl+s") + Text("saved") + Call(lambda event: print("Hello!"))

bindings = Bindings(
    (
        Binding("point_right", Key("PageDown")),
        Binding("point_left", Key("PageUp")),
        Binding("raise_hand", GREET, on="hold", after=0.5),
    )
)

source = sys.argv[1] if len(sys.argv) > 1 else 0  # default: the first camera

with GestureStream(source) as stream, Dispatcher(bindings, DryRunInjector(print)) as dispatcher:
    dispatcher.attach(stream)  # each frame counts as a sign of its gesture, not its events alone
    for event in stream:
        dispatcher.handle(event)
