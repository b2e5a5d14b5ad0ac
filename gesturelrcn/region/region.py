"""The square of the picture in which the person is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Region:
    """A square around a person, in pixels of the frame; parts of it may lie outside the frame.

    Attributes:
        x: centre, pixels from the left edge.
        y: centre, pixels from the top edge.
        side: side length in pixels.
        confidence: 0 to 1, how sure the locator was.
        located_at: seconds on the source's clock of the frame in which the person was located.
    """

    x: float
    y: float
    side: float
    confidence: float
    located_at: float
