"""Film a person in a room: pictures together with the truth about them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gesturelrcn.events import Hand
from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.synthesis.arrays import Floats, Image, Pixels
from gesturelrcn.synthesis.body.makehuman import BONES
from gesturelrcn.synthesis.body.person import Person
from gesturelrcn.synthesis.body.rig import Rig
from gesturelrcn.synthesis.body.sitting import lowered_by_sitting, seat
from gesturelrcn.synthesis.body.skinning import Skinner
from gesturelrcn.synthesis.motion.motion import Motion
from gesturelrcn.synthesis.pose import Pose
from gesturelrcn.synthesis.rendering.camera import Light, PinholeCamera, between
from gesturelrcn.synthesis.rendering.renderer import Model, Renderer
from gesturelrcn.synthesis.rendering.surface import Surface
from gesturelrcn.synthesis.scene.webcam import Webcam
from gesturelrcn.system.opencv import cv2

SMEAR_PIXELS = 2.5
"""Sub-frames of a fast movement lie this far apart: nearer than the lens would show."""
MOST_SUB_FRAMES = 6
FLESH_METRES = {"shoulder": 0.14, "elbow": 0.09, "wrist": 0.06, "tip": 0.04, "nose": 0.06}
"""How deep joints lie under skin and clothes, glasses and masks; what is farther before them hides them."""
_HEAD, _NOSE = BONES.index("head"), KEYPOINTS.index("nose")
_FEET = (BONES.index("foot.L"), BONES.index("foot.R"))
_DEPTHS = np.array([FLESH_METRES[name.rpartition("_")[2]] for name in KEYPOINTS])


class Actor:
    """A person before one renderer: knows how to take a pose. Call `release` when done.

    Args:
        renderer: draws this person.
        person: who it is.
        seated: whether he or she sits on a chair; sits deeper by `lowered` metres then.
    """

    def __init__(self, renderer: Renderer, person: Person, seated: bool = False) -> None:
        self.person, self.seated = person, seated
        self._rig = Rig(person)
        self._skinner = Skinner(person.surfaces)
        self._renderer = renderer
        self._model = renderer.model(person.surfaces)
        self.lowered = lowered_by_sitting(person) if seated else 0.0
        self._solved: tuple[Pose, Floats] | None = None
        self._held: tuple[Hand, Model, Surface] | None = None
        self.picture_pixels = max(renderer.width, renderer.height)
        self.focus = np.array([0.0, person.crown - person.ground - self.lowered - 0.5, 0.0])

    @property
    def model(self) -> Model:
        """What is drawn of this person, in the pose taken last."""
        return self._model

    def release(self) -> None:
        """Give the graphics memory back."""
        self.let_go()
        self._model.release()

    def hold(self, side: Hand, thing: Surface) -> None:
        """Keep a thing in one hand from now on; its vertices are in the axes of `Rig.palm`."""
        self.let_go()
        self._held = (side, self._renderer.model([thing]), thing)

    def let_go(self) -> None:
        """Hold nothing any more."""
        if self._held is not None:
            self._held[1].release()
            self._held = None

    def hand(self, pose: Pose, side: Hand) -> tuple[Floats, Floats]:
        """World places (HAND_LANDMARKS, 3) of a hand's landmarks in a pose, and (3,) whereto the palm faces.

        The pose is not taken.
        """
        transforms = self._transforms(pose)
        return self._rig.hand(transforms, side), self._rig.palm(transforms, side)[:, 1]

    def joints(self, pose: Pose) -> Floats:
        """(J, 3) world places of the joints of `KEYPOINTS` in a pose, without taking it."""
        return self._rig.landmarks(self._transforms(pose))

    def body(self, pose: Pose) -> Floats:
        """(J + 3, 3) world places of the joints of `KEYPOINTS`, crown and ankles; the pose is not taken."""
        transforms, heads = self._transforms(pose), self.person.heads
        crown = heads[_HEAD] * np.array([1.0, 0.0, 1.0]) + np.array([0.0, self.person.crown, 0.0])
        ends = [(_HEAD, crown), *((foot, heads[foot]) for foot in _FEET)]
        moved = [transforms[bone, :, :3] @ place + transforms[bone, :, 3] for bone, place in ends]
        return np.concatenate([self._rig.landmarks(transforms), moved])

    def head_height(self, pose: Pose) -> float:
        """How high the nose is in a pose, as a share of its height when the person stands upright."""
        upright = float(self.person.landmarks[_NOSE, 1]) - self.person.ground
        return float(self.joints(pose)[_NOSE, 1]) / upright

    def pose(self, pose: Pose) -> Floats:
        """Take a pose; returns the (J, 3) world places of the joints of `KEYPOINTS`."""
        transforms = self._transforms(pose)
        self._model.move(self._skinner.apply(transforms))
        if self._held is not None:
            side, model, thing = self._held
            palm = self._rig.palm(transforms, side)
            turned = palm[:, :3].T
            model.move(np.hstack([thing.vertices @ turned + palm[:, 3], thing.normals @ turned]))
        return self._rig.landmarks(transforms)

    def picture(self, shot: "Shot", time: float = 0.0) -> Pixels:
        """(H, W, 3) uint8 BGR of the pose taken last, before the webcam spoils it."""
        light, later = shot.light_at(time)
        models = [self._model, *([self._held[1]] if self._held else [])]
        if shot.bystander is not None:
            models.append(shot.bystander.actor._at(shot.bystander.pose(time)))
        return self._renderer.draw(models, shot.camera, light, self.focus, later=later)

    def unhidden(self, camera: PinholeCamera, joints: Floats) -> NDArray[np.bool_]:
        """(J,) which of the joints of `KEYPOINTS` nothing hides in the picture taken last.

        What lies beyond the picture is not hidden.
        """
        surface = self._renderer.depths_at(camera.project(joints)[:, :2])
        return np.asarray(camera.depth(joints) - surface < _DEPTHS)

    def _at(self, pose: Pose) -> Model:
        self.pose(pose)
        return self._model

    def _transforms(self, pose: Pose) -> Floats:
        # The same pose is often asked for several times: for joints, for hands, for a picture.
        if self._solved is None or self._solved[0] is not pose:
            transforms = self._rig.transforms(pose)
            self._solved = pose, seat(transforms, self.person, self.lowered) if self.seated else transforms
        return self._solved[1]


@dataclass(frozen=True)
class Bystander:
    """Somebody else in the picture: who, and how he or she stands or walks at a time in seconds."""

    actor: Actor
    pose: Callable[[float], Pose]


@dataclass(frozen=True)
class LightChange:
    """Somebody turns a lamp on, or a cloud passes: from `start`, for `seconds`, the light becomes `light`."""

    start: float
    seconds: float
    light: Light


@dataclass(frozen=True)
class Shot:
    """Everything about a film but the person and what he or she does.

    Attributes:
        camera, light, webcam: see their classes.
        room: surfaces of the room.
        room_blur: sigma in pixels by which what is behind the person is out of focus.
        props: surfaces around the person, such as a desk in front.
        backdrop: (H, W, 3) uint8 BGR picture that is seen behind the person instead of the room.
        light_change: in the middle of the film, or None.
        bystander: a second person, or None.
    """

    camera: PinholeCamera
    light: Light
    room: list[Surface]
    room_blur: float
    webcam: Webcam
    props: list[Surface] = field(default_factory=list)
    backdrop: Pixels | None = None
    light_change: LightChange | None = None
    bystander: Bystander | None = None

    def light_at(self, time: float) -> tuple[Light, float]:
        """The light at a time in seconds, and the share (0 to 1) to which it has changed."""
        change = self.light_change
        if change is None:
            return self.light, 0.0
        share = float(np.clip((time - change.start) / change.seconds, 0, 1))
        return between(self.light, change.light, share), share

    def release(self) -> None:
        """Give the bystander's graphics memory back."""
        if self.bystander is not None:
            self.bystander.actor.release()


@dataclass(frozen=True)
class FilmedFrame:
    """One picture and the truth about it.

    Attributes:
        image: (H, W, 3) uint8 BGR, not mirrored.
        time: seconds from the beginning.
        keypoints: (J, 3) joints of `KEYPOINTS`: x, y in shares of the picture, 1.0 where inside it.
        unhidden: (J,) where nothing is before the joint.
        gesture: name from the vocabulary, or "none".
    """

    image: Pixels
    time: float
    keypoints: Image
    unhidden: NDArray[np.bool_]
    gesture: str


def set_up(renderer: Renderer, shot: Shot) -> None:
    """Draw the room once and put it behind everybody who is filmed with this renderer from now on."""
    renderer.set_backdrop(*behind(renderer, shot))
    renderer.set_props(shot.props)


def behind(renderer: Renderer, shot: Shot) -> list[Pixels]:
    """What is seen behind everybody, as large as the renderer's pictures; twice where the light changes."""
    lights = [shot.light] if shot.light_change is None else [shot.light, shot.light_change.light]
    model = None if shot.backdrop is not None else renderer.model(shot.room)
    renderer.set_backdrop(np.zeros((1, 1, 3), np.uint8))
    renderer.set_props([])
    pictures = []
    for light in lights:
        if shot.backdrop is not None:
            share = light.brightness() / max(shot.light.brightness(), 1e-6)
            seen_behind = cv2.convertScaleAbs(_backdrop(shot, renderer), alpha=share ** (1 / 2.2))
        else:
            # Floors and furniture throw light back up: ceilings are not dark.
            seen_behind = renderer.draw(
                [model] if model else [],
                shot.camera,
                replace(light, floor=light.sky),
                np.zeros(3),
                shadows=False,
            )
        if shot.room_blur > 0:
            seen_behind = cv2.GaussianBlur(seen_behind, (0, 0), shot.room_blur)
        pictures.append(np.asarray(seen_behind, np.uint8))
    if model is not None:
        model.release()
    return pictures


def _backdrop(shot: Shot, renderer: Renderer) -> Pixels:
    """The part of the shot's backdrop that is in the camera's window, (height, width, 3)."""
    assert shot.backdrop is not None
    rows, columns = shot.backdrop.shape[:2]
    # As much of the picture as has the camera's shape, from its middle.
    zoom = min(columns / shot.camera.width, rows / shot.camera.height)
    wide, high = shot.camera.width * zoom, shot.camera.height * zoom
    left, top, right, bottom = shot.camera.window
    corners = np.array([[left, top], [right, top], [left, bottom]]) * [wide, high]
    corners += [(columns - wide) / 2, (rows - high) / 2]
    goals = np.array([[0, 0], [renderer.width, 0], [0, renderer.height]])
    mapping = cv2.getAffineTransform(corners.astype(np.float32), goals.astype(np.float32))
    size = (renderer.width, renderer.height)
    return np.asarray(
        cv2.warpAffine(shot.backdrop, mapping, size, borderMode=cv2.BORDER_REFLECT_101),
        np.uint8,
    )


def film(
    actor: Actor,
    timeline: Motion,
    shot: Shot,
    rng: Generator,
    fps: float = 15.0,
    times: Sequence[float] | None = None,
) -> Iterator[FilmedFrame]:
    """Frames of a whole timeline at `fps`, or at `times` (increasing seconds, see `webcam.frame_times`).

    `set_up` must have been called with the same shot. What moves fast is smeared by the webcam's exposure.
    """
    clock = times if times is not None else [index / fps for index in range(round(timeline.length * fps))]
    before: tuple[float, Image] | None = None
    for time in clock:
        places = actor.pose(timeline.pose(time))
        joints = seen(shot.camera, places)
        smeared = _sub_frames(before, (time, joints), shot.webcam.exposure, actor.picture_pixels)
        picture = exposed(actor, timeline, shot, time, smeared)
        unhidden = actor.unhidden(shot.camera, places)
        image = shot.webcam.at(time).look(picture, rng)
        before = (time, joints)
        yield FilmedFrame(image, time, joints, unhidden, timeline.gesture_at(time))


def _sub_frames(
    before: tuple[float, Image] | None, now: tuple[float, Image], exposure: float, pixels: int
) -> int:
    """How many pictures show the way of the fastest joint while the shutter is open."""
    if before is None or exposure <= 0:
        return 1
    moved = float(np.linalg.norm(now[1][:, :2] - before[1][:, :2], axis=1).max()) * pixels
    smear = moved * exposure / max(now[0] - before[0], 1e-3)
    return int(np.clip(np.ceil(smear / SMEAR_PIXELS), 1, MOST_SUB_FRAMES))


def exposed(actor: Actor, timeline: Motion, shot: Shot, time: float, count: int) -> Pixels:
    """The mean of `count` pictures while the shutter is open, around `time`; the actor is posed for it."""
    if count == 1:
        return actor.picture(shot, time)
    offsets = ((np.arange(count) + 0.5) / count - 0.5) * shot.webcam.exposure
    light = np.zeros((1, 1, 3), np.float32)
    for offset in offsets:
        actor.pose(timeline.pose(time + float(offset)))
        # Light adds up, and pictures hold about its square root.
        light = light + np.square(actor.picture(shot, time), dtype=np.float32)
    return np.asarray(np.sqrt(light / count), np.uint8)


def seen(camera: PinholeCamera, joints: Floats) -> Image:
    """(J, 3) float32: x, y in shares of the picture, 1.0 where inside it, of (J, 3) world places."""
    places = camera.project(joints)
    inside = ((places[:, :2] >= 0) & (places[:, :2] <= 1)).all(axis=1) & (np.abs(places[:, 2]) <= 1)
    return np.asarray(np.c_[places[:, :2], inside], np.float32)
