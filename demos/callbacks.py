"""Call a function when a gesture begins. With a source: python demos/callbacks.py clip.mp4"""

import sys

from gesturelrcn import GestureStream

if "--help" in sys.argv:
    print(__doc__)
    sys.exit()

with GestureStream(sys.argv[1] if len(sys.argv) > 1 else 0) as stream:  # default: the first camera

    @stream.on("raise_hand")
    def ask(event):
        print(event.gesture, event.confidence)

    stream.run()
