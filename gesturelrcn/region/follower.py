"""Locator and tracker together say for each frame where the person is."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region.joints import AnchoredJoints
from gesturelrcn.region.locator import FollowsJoints, Forgets, Locator, PersonChooser
from gesturelrcn.region.picture import must_be_picture
from gesturelrcn.region.region import Region
from gesturelrcn.region.tracker import RegionTracker

EVERY = 0.4
"""Seconds between two places that the tracker is told."""


class Follower(Protocol):
    """Says for each frame where the person is."""

    def follow(self, image: NDArray[np.uint8], at: float) -> Region | None:
        """The region for `image` ((H, W, 3) uint8 BGR), taken at `at` seconds, or None for nobody.

        Raises:
            CaptureError: the picture is not (H, W, 3) uint8.
        """
        ...

    def take_jump(self) -> bool:
        """True once after the region moved to another place or person at once."""
        ...

    def close(self) -> None:
        """Free what is held; a background thread ends."""
        ...


class SteppedFollower:
    """Asks the locator in step with the frames, at a fixed cadence in media time: a replay is exact.

    Where it is told what the joints say, these stand in for the locator, which is then only asked to find
    somebody, to check, and whenever the joints are not clearly seen. Joints alone keep nobody alive: they
    count for as long as the last look found somebody.
    """

    def __init__(self, locator: Locator, *, every: float = EVERY, check_every: float = 0.0) -> None:
        """Set up the follower.

        Args:
            locator: is asked, and closed at the end.
            every: seconds of media time between two places that the tracker is told.
            check_every: seconds of media time for which joints may stand in for the locator; 0: not at all.
        """
        self._locator = locator
        self._tracker = RegionTracker()
        self._every = every
        self._check_every = check_every
        self._due: float | None = None
        self._shape: tuple[int, ...] | None = None
        self._asked_at: float | None = None
        self._joints: AnchoredJoints | None = None

    def follow(self, image: NDArray[np.uint8], at: float) -> Region | None:
        """See `Follower`. While there is nobody, the locator is asked four times as often.

        Raises:
            CaptureError: the picture is not (H, W, 3) uint8.
        """
        must_be_picture(image)
        if self._asked_at is not None and at < self._asked_at:
            self.forget()
        if image.shape != self._shape:
            self._tracker.reset()
            self._due = self._joints = None
        self._shape, self._asked_at = image.shape, at
        if self._due is None or at >= self._due:
            region = self._place(image, at)
            self._tracker.update(region)
            self._due = at + (self._every if region is not None else self._every / 4)
        return self._tracker.at(at)

    def forget(self) -> None:
        """See `Forgets`."""
        if isinstance(self._locator, Forgets):
            self._locator.forget()
        self._tracker.reset()
        self._due = self._joints = None

    def _place(self, image: NDArray[np.uint8], at: float) -> Region | None:
        """Where the person is, by the joints if they may say so, else by the locator."""
        joints = self._joints
        if joints is not None and joints.place is not None and at - joints.looked_at < self._check_every:
            return joints.place
        region = self._locator.locate(image, at)
        self._joints = AnchoredJoints(region) if region is not None and self._check_every > 0 else None
        return region

    def see_joints(self, region: Region | None) -> None:
        """See `FollowsJoints`."""
        if self._joints is not None:
            self._joints.see(region)
            if isinstance(self._locator, FollowsJoints):
                self._locator.see_joints(self._joints.place)

    def choose(self, x: float, y: float) -> None:
        """Follow whoever is nearest to this place, in pixels of the frame."""
        if isinstance(self._locator, PersonChooser):
            self._locator.choose(x, y)
        self._due = self._joints = None

    def take_jump(self) -> bool:
        """See `Follower`."""
        return self._tracker.take_jump()

    def close(self) -> None:
        """Free the locator."""
        self._locator.close()
