"""Several people, told apart by their faces: choose one, and stay with that one."""

import logging
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.region.locator import STAYS, Choice, Locator, region_from_landmarks
from gesturelrcn.region.mediapipe.detector import DetectingLocator
from gesturelrcn.region.mediapipe.faces import Face, FaceFinder
from gesturelrcn.region.mediapipe.pose import PoseLocator
from gesturelrcn.region.picture import must_be_picture
from gesturelrcn.region.region import Region
from gesturelrcn.system.memory import give_back

logger = logging.getLogger(__name__)

LOOK_AROUND = 2.0
"""Seconds between two looks for other people while somebody is followed."""
KEPT = 30.0
"""Seconds for which what looks at several people is kept after a second person was seen last."""
MOST_PEOPLE = 4
"""The nearest so many are looked at."""
_TOO_CLOSE = 1.5
"""Face widths; a second face nearer than this is a print on a shirt, or cannot be told apart anyway."""
_LEFT_WRIST, _RIGHT_WRIST, _NOSE = 15, 16, 0


class MediaPipeLocator:
    """A `Locator` that follows one person among several.

    As long as one face or none is seen this is another locator and nothing else. Where there are several
    faces, one person is chosen, and the pose is looked for in that person's share of the picture only, so
    that it cannot wander to somebody else. Who was chosen stays chosen until not found for two seconds, or
    until `choose` names another.
    """

    def __init__(
        self,
        choice: Choice = "raised_hand",
        *,
        look_around: float = LOOK_AROUND,
        alone: Callable[[], Locator] = DetectingLocator,
    ) -> None:
        """Set up the locator.

        Args:
            choice: who is followed where there are several.
            look_around: seconds between two looks for others.
            alone: makes the locator for a person without others.
        """
        self._choice = choice
        self._look_around = look_around
        self._alone = alone()
        self._finder = FaceFinder()
        self._fresh_pose: PoseLocator | None = None  # takes 115 MB; held while a second person is seen
        self._faces: list[Face] = []
        self._looked_at = self._several_at = -math.inf
        self._followed: Region | None = None
        self._shape: tuple[int, ...] = ()
        self._wanted: tuple[float, float] | None = None

    def choose(self, x: float, y: float) -> None:
        """Follow whoever is nearest to this place, in pixels of the picture, from the next call on."""
        self._wanted = (x, y)

    def forget(self) -> None:
        """See `Forgets`."""
        self._faces = []
        self._looked_at = self._several_at = -math.inf
        self._followed = self._wanted = None

    def locate(self, image: NDArray[np.uint8], at: float) -> Region | None:
        """Return the region of the chosen person in `image` ((H, W, 3) uint8 BGR), or None.

        Raises:
            CaptureError: the picture is not (H, W, 3) uint8.
        """
        must_be_picture(image)
        if self._followed is not None and not 0 <= at - self._followed.located_at <= STAYS:
            self._followed = None
        if image.shape != self._shape:  # no place of before is one in this picture
            self._shape, self._followed = image.shape, None
        if self._followed is None or self._wanted or not 0 <= at - self._looked_at < self._look_around:
            self._look_for_faces(image, at)
        if self._wanted is not None:
            found = self._locate_at(image, at, self._wanted)
            self._wanted = None
        elif len(self._faces) < 2 and not self._sees_another():
            found = self._alone.locate(image, at)
        elif self._followed is None:
            found = self._choose_anew(image, at)
        else:
            found = self._stay(image, at, self._followed)
        self._followed = found or self._followed
        return found

    def _look_for_faces(self, image: NDArray[np.uint8], at: float) -> None:
        self._faces = self._finder.find(image)[:MOST_PEOPLE]
        self._looked_at = at
        if len(self._faces) > 1:
            self._several_at = at
        elif self._fresh_pose is not None and not 0 <= at - self._several_at <= KEPT:
            self._fresh_pose.close()
            self._fresh_pose = None
            give_back()

    def _sees_another(self) -> bool:
        """Whether the only face is somebody else's, because the chosen one has turned away or gone."""
        return bool(self._faces and self._followed) and not _belongs(self._faces[0], self._followed)

    def _locate_at(self, image: NDArray[np.uint8], at: float, place: tuple[float, float]) -> Region | None:
        if not self._faces:
            return self._alone.locate(image, at)
        wanted = min(self._faces, key=lambda face: math.hypot(face.x - place[0], face.y - place[1]))
        return _region(self._look_at(image, wanted), at)

    def _choose_anew(self, image: NDArray[np.uint8], at: float) -> Region | None:
        seen = [found for face in self._faces if (found := self._look_at(image, face)) is not None]
        people = [(_raises_hand(one), region) for one in seen if (region := _region(one, at)) is not None]
        if not people:
            return None
        by_hand = self._choice == "raised_hand"
        raised, chosen = max(people, key=lambda one: (one[0] and by_hand, one[1].side))
        why = "raises a hand" if raised and by_hand else "is the nearest"
        logger.info("%d people: following the one at x=%.0f, who %s", len(people), chosen.x, why)
        return chosen

    def _stay(self, image: NDArray[np.uint8], at: float, followed: Region) -> Region | None:
        own = min(self._faces, key=lambda face: abs(face.x - followed.x))
        if not _belongs(own, followed):  # turned away: all these faces are other people's
            own = Face(followed.x, followed.y, followed.side / 8)
        share = _share_of(image, own, self._faces)
        found = self._alone.locate(share, at)
        if found is None or math.hypot(found.x - followed.x, found.y - followed.y) > followed.side / 2:
            return None
        return found

    def _look_at(self, image: NDArray[np.uint8], face: Face) -> NDArray[np.float64] | None:
        return self._fresh().landmarks(_share_of(image, face, self._faces))

    def _fresh(self) -> PoseLocator:
        """A locator that has no person in mind; for pictures of now one and now another."""
        if self._fresh_pose is None:
            self._fresh_pose = PoseLocator(tracking=False)
        return self._fresh_pose

    def close(self) -> None:
        """Free everything. Further calls find nobody."""
        for held in (self._alone, self._finder, self._fresh_pose):
            if held is not None:
                held.close()


def _belongs(face: Face, person: Region | None) -> bool:
    return person is not None and abs(face.x - person.x) <= person.side / 4


def _region(landmarks: NDArray[np.float64] | None, at: float) -> Region | None:
    return None if landmarks is None else region_from_landmarks(landmarks, at)


def _raises_hand(landmarks: NDArray[np.float64]) -> bool:
    """Whether a wrist that can be seen is above the nose; y grows downwards."""
    wrists = landmarks[[_LEFT_WRIST, _RIGHT_WRIST]]
    return bool(((wrists[:, 1] < landmarks[_NOSE, 1]) & (wrists[:, 2] > 0.5)).any())


def _share_of(image: NDArray[np.uint8], own: Face, faces: list[Face]) -> NDArray[np.uint8]:
    """The picture with everybody else's columns black; the wider a face, the wider its share."""
    left, right = 0.0, float(image.shape[1])
    for other in faces:
        apart = other.x - own.x
        if abs(apart) < _TOO_CLOSE * max(own.width, other.width):
            continue
        border = own.x + apart * own.width / (own.width + other.width)
        left, right = (left, min(right, border)) if apart > 0 else (max(left, border), right)
    share = np.zeros_like(image)
    columns = slice(int(left), math.ceil(right))
    share[:, columns] = image[:, columns]
    return share
