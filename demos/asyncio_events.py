"""Gestures in asyncio, from several cameras at once: python demos/asyncio_events.py 0 clip.mp4"""

import asyncio
import sys

from gesturelrcn import GestureStream

if "--help" in sys.argv:
    print(__doc__)
    sys.exit()


async def watch(source):
    async with GestureStream(source) as stream:  # frames stay in a thread; this loop is free
        async for event in stream:
            if event.phase == "start":
                print(f"{source}: {event.gesture} {event.confidence:.2f}")


async def main(sources):
    await asyncio.gather(*(watch(source) for source in sources))


asyncio.run(main(sys.argv[1:] or [0]))  # default: the first camera
