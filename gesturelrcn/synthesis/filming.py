"""Film a person in a room: pictures together with the truth about them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.random import Generator

from gesturelrcn.synthesis.arrays import Floats, Image, Pixels
from gesturelrcn.synthesis.body import Person
from gesturelrcn.synthesis.motion import Timeline
from gesturelrcn.synthesis.pose import Pose
from gesturelrcn.synthesis.render import Renderer
from gesturelrcn.synthesis.rig import Rig
from gesturelrcn.synthesis.scene import Camera, Light
from gesturelrcn.synthesis.skinning import Skinner
from gesturelrcn.synthesis.surface import Surface
from gesturelrcn.synthesis.webcam import Webcam


@dataclass(frozen=True)
class Shot:
    """Everything about a film but the person and what he or she does.

    Attributes:
        camera, light, webcam: see their classes.
        room: surfaces of the room.
        room_blur: sigma in pixels by which what is behind the person is out of focus.
    """

    camera: Camera
    light: Light
    room: list[Surface]
    room_blur: float
    webcam: Webcam


@dataclass(frozen=True)
class FilmedFrame:
    """One picture and the truth about it.

    Attributes:
        image: (H, W, 3) uint8 BGR, not mirrored.
        time: seconds from the beginning.
        keypoints: (J, 3) joints of `KEYPOINTS`: x, y in shares of the picture, 1.0 where inside it.
        gesture: name from the vocabulary, or "none".
    """

    image: Pixels
    time: float
    keypoints: Image
    gesture: str


class Actor:
    """A person before one renderer: knows how to stand in a pose. Call `release` when done."""

    def __init__(self, renderer: Renderer, person: Person) -> None:
        self.person = person
        self._rig = Rig(person)
        self._skinner = Skinner(person.surfaces)
        self._renderer = renderer
        self._model = renderer.model(person.surfaces)
        self.focus = np.array([0.0, person.crown - person.ground - 0.5, 0.0])

    def release(self) -> None:
        """Give the graphics memory back."""
        self._model.release()

    def pose(self, pose: Pose) -> Floats:
        """Take a pose; returns the (J, 3) world places of the joints of `KEYPOINTS`."""
        transforms = self._rig.transforms(pose)
        self._model.move(self._skinner.apply(transforms))
        return self._rig.landmarks(transforms)

    def picture(self, shot: Shot) -> Pixels:
        """(H, W, 3) uint8 BGR of the pose taken last, before the webcam spoils it."""
        return self._renderer.draw([self._model], shot.camera, shot.light, self.focus)


def set_up(renderer: Renderer, shot: Shot) -> None:
    """Draw the room once and put it behind everybody who is filmed with this renderer from now on."""
    model = renderer.model(shot.room)
    renderer.set_backdrop(np.zeros((1, 1, 3), np.uint8))
    # Floors and furniture throw light back up: ceilings are not dark.
    light = replace(shot.light, floor=shot.light.sky)
    room = renderer.draw([model], shot.camera, light, np.zeros(3), shadows=False)
    model.release()
    blurred = cv2.GaussianBlur(room, (0, 0), shot.room_blur) if shot.room_blur > 0 else room
    renderer.set_backdrop(np.asarray(blurred, np.uint8))


def film(actor: Actor, timeline: Timeline, shot: Shot, rng: Generator, fps: float) -> Iterator[FilmedFrame]:
    """Frames of a whole timeline at `fps`; `set_up` must have been called with the same shot."""
    for index in range(round(timeline.length * fps)):
        time = index / fps
        joints = actor.pose(timeline.pose(time))
        image = shot.webcam.look(actor.picture(shot), rng)
        yield FilmedFrame(image, time, seen(shot.camera, joints), timeline.gesture_at(time))


def seen(camera: Camera, joints: Floats) -> Image:
    """(J, 3) float32: x, y in shares of the picture, 1.0 where inside it, of (J, 3) world places."""
    places = camera.project(joints)
    inside = ((places[:, :2] >= 0) & (places[:, :2] <= 1)).all(axis=1) & (np.abs(places[:, 2]) <= 1)
    return np.asarray(np.c_[places[:, :2], inside], np.float32)
