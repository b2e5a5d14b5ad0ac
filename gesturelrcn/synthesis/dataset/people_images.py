"""Whole pictures of cameras with one to four synthetic people, or nobody, to teach where people are.

A shard people-SEED-000.npz has `x` (N, H, W, 3) uint8 BGR, and `people` (N, MOST_PEOPLE, PERSON) float32: x
and y in pixels of the nose, the left and the right shoulder, and a wrist that is raised above the nose (NaN
for none); then 1.0 where something of face or shoulders is seen. Rows of people who are not there are NaN.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.synthesis.arrays import Floats, Image, Pixels
from gesturelrcn.synthesis.body.person import Person, random_person
from gesturelrcn.synthesis.dataset.keypoint_images import random_pose
from gesturelrcn.synthesis.dataset.shards import Shards
from gesturelrcn.synthesis.film.filming import Actor, Shot, set_up
from gesturelrcn.synthesis.pose import Pose
from gesturelrcn.synthesis.rendering.camera import PinholeCamera, random_light
from gesturelrcn.synthesis.rendering.renderer import Model, Renderer
from gesturelrcn.synthesis.rendering.surface import Surface
from gesturelrcn.synthesis.scene import furniture
from gesturelrcn.synthesis.scene.framing import random_camera
from gesturelrcn.synthesis.scene.room import random_room
from gesturelrcn.synthesis.scene.webcam import random_webcam

WIDTH = 256
"""Pixels; pictures are 4:3."""
MOST_PEOPLE = 4
PERSON = 9
DISTANCES = (0.4, 7.0)
"""Metres between the camera and whoever is nearest, least and most."""
NUMBERS = (0.40, 0.32, 0.13, 0.09, 0.06)
"""Share of the shots with none, one, two, three and four people; of an empty room there is one picture."""
EMPTY = (1.0, 0.0, 0.0, 0.0, 0.0)
"""The same for rooms without anybody."""
CAST = 5
SHOTS_PER_CAST = 20
FRAMES_PER_SHOT = 5
SEATED_SHARE = 0.5
TURNED_SHARE = 0.12
"""Of the people, those who look anywhere."""
ASIDE_SHARE = 0.4
"""Of the cameras, those that do not look at the nearest person: partly outside, at the edge."""
APART_METRES = 0.6
"""Two people stand no nearer to each other."""
COAT_SHARE = 0.2
"""Of the shots, those with a coat on nobody."""
_FACE, _LEFT, _RIGHT = (KEYPOINTS.index(name) for name in ("nose", "left_shoulder", "right_shoulder"))
_WRISTS = (KEYPOINTS.index("left_wrist"), KEYPOINTS.index("right_wrist"))


@dataclass(frozen=True)
class PeopleImage:
    """One picture: `image` (H, W, 3) uint8 BGR, `people` (MOST_PEOPLE, PERSON) float32 as in the shards."""

    image: Pixels
    people: Image


@dataclass(frozen=True)
class _Placed:
    """Somebody at (3,) metres who looks `turn` radians aside."""

    actor: Actor
    place: Floats
    turn: float

    def pose(self, rng: np.random.Generator) -> Pose:
        pose = random_pose(rng)
        trunk = pose.trunk
        return replace(
            pose, trunk=replace(trunk, shift=trunk.shift + self.place, turn=trunk.turn + self.turn)
        )


def people_images(
    rng: np.random.Generator, width: int = WIDTH, numbers: tuple[float, ...] = NUMBERS
) -> Generator[PeopleImage, None, None]:
    """Pictures without end: a new shot every FRAMES_PER_SHOT, other people every SHOTS_PER_CAST shots.

    Args:
        rng: of every random choice.
        width: of the pictures, pixels.
        numbers: share of the shots with so many people.
    """
    with Renderer(width, width * 3 // 4) as renderer:
        while True:
            cast = [random_person(rng) for _ in range(CAST)]
            for _ in range(SHOTS_PER_CAST):
                yield from _shot(rng, renderer, cast, int(rng.choice(len(numbers), p=numbers)))


def _shot(
    rng: np.random.Generator, renderer: Renderer, cast: list[Person], count: int
) -> Iterator[PeopleImage]:
    people = [cast[number] for number in rng.permutation(len(cast))[:count]]
    actors = [Actor(renderer, person, seated=bool(rng.random() < SEATED_SHARE)) for person in people]
    room = random_room(rng)
    focus = actors[0].focus if actors else np.array([0.0, rng.uniform(0.8, 1.2), 0.0])
    camera = _camera(rng, renderer, focus)
    placed = _places(rng, camera, actors, room)
    props = _props(rng, camera, placed) if placed else _unused(rng, camera, cast)
    blur = float(rng.choice([0.0, rng.uniform(0, 1.5)]))
    shot = Shot(camera, random_light(rng), room, blur, random_webcam(rng, renderer.width), props)
    coat = _coat(rng, renderer, cast[0], camera) if rng.random() < COAT_SHARE else None
    set_up(renderer, shot)
    for _ in range(FRAMES_PER_SHOT if count else 1):
        joints = [one.actor.pose(one.pose(rng)) for one in placed]
        models = [one.actor.model for one in placed] + ([coat] if coat else [])
        picture = renderer.draw(models, camera, shot.light, focus)
        rows = np.full((MOST_PEOPLE, PERSON), np.nan, np.float32)
        for number, places in enumerate(joints):
            rows[number] = _row(renderer, camera, placed[number].actor, places)
        yield PeopleImage(shot.webcam.look(picture, rng), rows)
    for actor in actors:
        actor.release()
    if coat is not None:
        coat.release()


def _camera(rng: np.random.Generator, renderer: Renderer, focus: Floats) -> PinholeCamera:
    """Somewhere before the nearest person; every third far to the side, above or below."""
    size = (renderer.width, renderer.height)
    chest = focus + np.array([0.0, 0.2, 0.0])
    camera = random_camera(rng, chest, *DISTANCES, size=size)
    distance = float(camera.eye[2] - chest[2])
    eye, target = camera.eye, camera.target
    if rng.random() < 0.3:
        eye = np.array([eye[0] + rng.normal(0, 0.3) * distance, rng.uniform(0.35, 2.5), eye[2]])
    if rng.random() < ASIDE_SHARE:
        wide = 2 * distance * np.tan(np.radians(camera.horizontal_fov) / 2)
        target = target + np.array([rng.uniform(-0.5, 0.5) * wide, rng.normal(0, 0.12) * wide, 0.0])
    return replace(camera, eye=eye, target=target)


def _places(
    rng: np.random.Generator, camera: PinholeCamera, actors: list[Actor], room: list[Surface]
) -> list[_Placed]:
    wall = min(float(surface.vertices[:, 2].min()) for surface in room)
    distance = float(camera.eye[2])
    placed = [_Placed(actor, np.zeros(3), _turn(rng)) for actor in actors[:1]]
    for actor in actors[1:]:
        for _ in range(8):
            depth = rng.uniform(max(wall + 0.35, -3.0), min(0.6, 0.3 * distance))
            half = (distance - depth) * np.tan(np.radians(camera.horizontal_fov) / 2)
            middle = float(camera.target[0] + (camera.eye[0] - camera.target[0]) * depth / max(distance, 0.5))
            place = np.array([middle + rng.uniform(-0.95, 0.95) * half, 0.0, depth])
            if min(float(np.linalg.norm(place - one.place)) for one in placed) > APART_METRES:
                placed.append(_Placed(actor, place, _turn(rng)))
                break
        else:
            # Far behind everybody there is always room.
            placed.append(_Placed(actor, np.array([rng.normal(0, 1.0), 0.0, -1.0 - len(placed)]), _turn(rng)))
    return placed


def _turn(rng: np.random.Generator) -> float:
    return float(rng.uniform(-np.pi, np.pi) if rng.random() < TURNED_SHARE else rng.normal(0, 0.3))


def _props(rng: np.random.Generator, camera: PinholeCamera, placed: list[_Placed]) -> list[Surface]:
    props: list[Surface] = []
    for number, one in enumerate(placed):
        if one.actor.seated:
            props += furniture.chair(rng, one.actor.person, one.turn, one.place)
        elif rng.random() < 0.15:
            aside = np.array([rng.choice([-1, 1]) * rng.uniform(0.6, 1.2), 0.0, rng.uniform(-0.8, 0.1)])
            props += furniture.chair(rng, one.actor.person, rng.uniform(-0.8, 0.8), one.place + aside)
        above = camera.eye[1] > furniture.desk_height(one.actor.person) + 0.12
        if number == 0 and one.actor.seated and above and rng.random() < 0.75:
            props += furniture.desk(rng, one.actor.person, float(camera.eye[2]))
    return props


def _unused(rng: np.random.Generator, camera: PinholeCamera, cast: list[Person]) -> list[Surface]:
    """Chairs and a desk at which nobody sits."""
    props: list[Surface] = []
    for _ in range(int(rng.integers(0, 3))):
        place = np.array([rng.uniform(-1.2, 1.2), 0.0, rng.uniform(-0.6, 0.3)])
        props += furniture.chair(rng, cast[0], rng.uniform(-np.pi, np.pi), place)
    if camera.eye[1] > furniture.desk_height(cast[0]) + 0.12 and rng.random() < 0.4:
        props += furniture.desk(rng, cast[0], float(camera.eye[2]))
    return props


def _coat(rng: np.random.Generator, renderer: Renderer, person: Person, camera: PinholeCamera) -> Model:
    """The top of somebody without a body in it, as it would hang on a chair or a stand."""
    widest = sorted(person.surfaces, key=lambda surface: -float(np.ptp(surface.vertices[:, 0])))
    tops = [surface for surface in person.surfaces[1:] if surface is not widest[0]]
    top = max(tops, key=lambda surface: float(np.ptp(surface.vertices[:, 0])))
    depth = rng.uniform(-1.5, 0.3)
    half = (float(camera.eye[2]) - depth) * np.tan(np.radians(camera.horizontal_fov) / 2)
    place = np.array([rng.uniform(-0.9, 0.9) * half, rng.uniform(-0.7, 0.3) - person.ground, depth])
    return renderer.model([replace(top, vertices=top.vertices + place)])


def _row(renderer: Renderer, camera: PinholeCamera, actor: Actor, joints: Floats) -> Image:
    """What is said of one person in the picture drawn last."""
    size = np.array([renderer.width, renderer.height])
    ahead = camera.depth(joints[[_FACE, _LEFT, _RIGHT]]) > 0.1
    if not ahead.all():
        return np.full(PERSON, np.nan, np.float32)
    places = camera.project(joints)[:, :2]
    inside = ((places >= 0) & (places <= 1)).all(axis=1)
    seen = inside & actor.unhidden(camera, joints)
    raised = [wrist for wrist in _WRISTS if places[wrist, 1] < places[_FACE, 1] and seen[wrist]]
    hand = places[raised[0]] * size if raised else np.full(2, np.nan)
    points = places[[_FACE, _LEFT, _RIGHT]] * size
    return np.asarray([*points.ravel(), *hand, seen[[_FACE, _LEFT, _RIGHT]].any()], np.float32)


def write_shards(out: Path, seed: int, frames: int, shard: int, width: int = WIDTH) -> list[Path]:
    """Write the shards of one seed that are missing; see `Shards.write_all`.

    Args:
        out: folder.
        seed: of every random choice.
        frames: pictures in all.
        shard: pictures in a shard.
        width: of the pictures, pixels.

    Raises:
        GestureLrcnError: no EGL, no body data, or the folder cannot be written.
    """
    shards = Shards(out, "people", seed)
    return shards.write_all(frames, shard, lambda number: people_images(shards.rng(number), width), _arrays)


def _arrays(examples: list[PeopleImage]) -> dict[str, NDArray[Any]]:
    return {
        "x": np.stack([example.image for example in examples]),
        "people": np.stack([example.people for example in examples]),
    }
