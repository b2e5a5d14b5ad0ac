"""Make docs/overlay.jpg and docs/overlay.webp: python demos/overlay_pictures.py [FOLDER]

They show the window of `--preview`, as in a mirror: a synthetic person (the sample clip), the shipped model,
and bindings that press nothing. The milliseconds are processor time of recogniser and person locator.
"""

import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
from PIL import Image

from gesturelrcn import Recognizer, open_source
from gesturelrcn.actions import Binding, Bindings, Dispatcher, DryRunInjector, Key
from gesturelrcn.model import assets
from gesturelrcn.overlay import Overlay

STILL_AT = 14.5  # seconds of the sample: it points left
BEGIN, END = 12.8, 18.8  # it points left, then raises a hand
WARM_UP = 2.5  # seconds before, in which the model sees and nothing is shown
FPS = 10
WIDTH, HEIGHT = 480, 360

BINDINGS = Bindings(
    (
        Binding("point_right", Key("Right"), says="next slide"),
        Binding("point_left", Key("Left"), says="previous slide"),
        Binding("raise_hand", Key("b"), says="black screen"),
    )
)


def shown():
    """Seconds and picture, (H, W, 3) uint8 RGB, of the frames of the sample that matter."""
    with (
        open_source(assets() / "sample.mp4") as source,
        closing(Recognizer()) as recognizer,
        Dispatcher(BINDINGS, DryRunInjector(lambda line: None), ticking=False) as dispatcher,
    ):
        overlay = Overlay(recognizer.card, lambda: dispatcher.state)
        dispatcher.add_listener(overlay.heard)
        for frame in source:
            if frame.captured_at < BEGIN - WARM_UP:
                continue
            if frame.captured_at > END:
                return
            before = time.process_time()
            observation = recognizer.process(frame)
            took = time.process_time() - before
            picture = overlay.draw(frame, observation, latency=took, mirrored=True)
            yield frame.captured_at, np.ascontiguousarray(picture[..., ::-1])
            for event in observation:
                dispatcher.handle(event)


def main(folder):
    still, film = None, []
    for at, picture in shown():
        if still is None and at >= STILL_AT:
            still = Image.fromarray(picture)
        if at >= BEGIN + len(film) / FPS - 1e-6:
            film.append(Image.fromarray(picture).resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS))
    still.save(folder / "overlay.jpg", quality=88)
    film[0].save(
        folder / "overlay.webp",
        save_all=True,
        append_images=film[1:],
        duration=1000 // FPS,
        loop=0,
        quality=70,
        method=4,
    )
    for name in ("overlay.jpg", "overlay.webp"):
        print(folder / name, f"{(folder / name).stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    if "--help" in sys.argv:
        print(__doc__)
        sys.exit()
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs")
