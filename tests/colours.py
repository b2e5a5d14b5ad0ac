"""Films of plain colours, and a recogniser that goes by colour: no person and no model needed."""

import itertools

import cv2
import numpy as np

from gesturelrcn.events import GestureEvent, Phase

FPS = 20
COLOURS = {"none": (128, 128, 128), "raise_hand": (0, 255, 0), "point_right": (255, 0, 0)}


def pictures(*names, each=10):
    return [np.full((120, 176, 3), COLOURS[name], dtype=np.uint8) for name in names for _ in range(each)]


class ColourRecognizer:
    """A green picture is raise_hand, a blue one point_right; no memory and no model.

    Attributes:
        frames: when each frame was captured, seconds.
    """

    def __init__(self, *, on_frame=None):
        self.gestures = ["raise_hand", "point_right"]
        self.frames = []
        self.closed = False
        self._on_frame = on_frame or (lambda frame: None)
        self._active = None
        self._ids = itertools.count(1)

    def process(self, frame):
        self.frames.append(frame.captured_at)
        self._on_frame(frame)
        height, width = frame.image.shape[:2]
        blue, green, red = (int(level) for level in frame.image[height // 2, width // 2])
        seen = "raise_hand" if green > max(red, blue) + 60 else "point_right" if blue > red + 60 else None
        at = frame.captured_at
        if self._active is not None and self._active[0] == seen:
            return [self._event(Phase.HOLD, at)]
        events = self.finish(at)
        if seen is not None:
            self._active = (seen, next(self._ids))
            events.append(self._event(Phase.START, at))
        return events

    def finish(self, at):
        if self._active is None:
            return []
        event = self._event(Phase.END, at)
        self._active = None
        return [event]

    def close(self):
        self.closed = True

    def _event(self, phase, at):
        gesture, number = self._active
        return GestureEvent(gesture, phase, number, 1.0, at, at)


def write_film(path, *names, each=10):
    """Write a film of `each` pictures of each colour; returns its path."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, (176, 120))
    for picture in pictures(*names, each=each):
        writer.write(picture)
    writer.release()
    return path


def without_holds(events):
    return [(event.gesture, str(event.phase), event.id) for event in events if event.phase != "hold"]
