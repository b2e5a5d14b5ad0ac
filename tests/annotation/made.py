"""Timelines and films for the tests."""

from gesturelrcn.annotation import Origin, Span, Timeline
from tests.evaluation.films import pictures, write_pictures

ORIGIN = Origin(1000, "ab" * 32, "gestures-2", "cd" * 32, "onnxruntime", False, "0.1.0")

SPANS = (
    Span("raise_hand", 1, 0.45, 1.234567, 0.987654, 0.8, "right", (0.25, 0.125)),
    Span("wave", 2, 61.0, 61.0001, 0.8, 61.0, "both", (1.0, 0.0)),
    Span("raise_hand", 3, 3725.5, 3726.75, 0.75, 3726.0),
)

TIMELINE = Timeline(
    "Grüße & <mehr> --> hier.mp4", 4000.04, 100001, "2024-05-31T12:00:00+00:00", ORIGIN, SPANS
)


def pointing(path):
    """Three seconds of a synthetic person who points to the right."""
    return write_pictures(path, pictures(2.5, 5.5), 20.0)
