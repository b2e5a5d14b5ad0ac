"""A recorded clip: what every room that reads recordings calls by that name."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Clip:
    """One recording of one gesture, or of none.

    Attributes:
        path: the video file.
        name: path relative to the folder, for messages, results and the names of caches.
        subject: who; "" where nobody has said.
        gesture: name, or `none`.
        distance_m: metres from the camera, 0 where nobody has said.
        fps: frames a second, 0 where nobody has said.
        onset: seconds from the beginning until the gesture begins; None for `none`, and
            where nobody has said.
        stroke_end: seconds until the pose is reached or the movement is done; None where nobody has said.
        offset: seconds until the hand begins to go back; None: the gesture is held when the clip ends.
        framing: for example "upper" or "full"; "" where nobody has said.
        activity: what somebody does who makes no gesture, for example "drinking"; "" where nobody has said.
    """

    path: Path
    name: str
    subject: str
    gesture: str
    distance_m: float = 0.0
    fps: float = 0.0
    onset: float | None = None
    stroke_end: float | None = None
    offset: float | None = None
    framing: str = ""
    activity: str = ""

    @property
    def cache_name(self) -> str:
        """`name` as a part of one file's name, for what is kept of the clip: `S1/a.avi` is `S1__a.avi`."""
        return self.name.replace("/", "__")
