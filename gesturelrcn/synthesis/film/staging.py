"""What happens around a person who is filmed: furniture, real backgrounds, other people, changing light."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.random import Generator

from gesturelrcn.synthesis.arrays import Floats
from gesturelrcn.synthesis.body.person import random_person
from gesturelrcn.synthesis.film.backdrops import read_picture
from gesturelrcn.synthesis.film.filming import Actor, Bystander, LightChange, Shot
from gesturelrcn.synthesis.motion.channels import walking
from gesturelrcn.synthesis.motion.shipped import HANGING, IN_LAP, ON_DESK
from gesturelrcn.synthesis.motion.timeline import MotionTimeline
from gesturelrcn.synthesis.pose import Pose, Trunk
from gesturelrcn.synthesis.rendering.camera import Light
from gesturelrcn.synthesis.rendering.renderer import Renderer
from gesturelrcn.synthesis.rendering.surface import Surface
from gesturelrcn.synthesis.scene import furniture

ABOVE_DESK_METRES = 0.12
"""A camera lower than this above a desk would see the board and nobody behind it."""
WALKING_DEPTH_METRES = 1.0
"""Free space that somebody needs to walk by behind the person."""


@dataclass(frozen=True)
class Chances:
    """How often something is in a film, 0 to 1: see the functions of this module."""

    desk: float = 0.75
    picture: float = 0.5
    light_change: float = 0.12
    bystander: float = 0.12


def furnish(
    rng: Generator,
    renderer: Renderer,
    shot: Shot,
    actor: Actor,
    length: float,
    pictures: Sequence[Path] = (),
    chances: Chances | None = None,
) -> Shot:
    """The shot with furniture that fits, and by chance a background, a light change and a second person.

    Args:
        rng: every choice comes from it.
        renderer: draws the second person; `shot.release` gives that memory back.
        shot: as it would be in an empty room.
        actor: who is filmed; chair and desk come with seated people only.
        length: seconds that the film will take.
        pictures: files to take backgrounds from, see `picture_files`.
        chances: how often what happens.

    Raises:
        SynthesisError: a picture cannot be read.
    """
    chances = chances or Chances()
    props = _props(rng, shot, actor, chances)
    backdrop = None
    if pictures and rng.random() < chances.picture:
        backdrop = read_picture(pictures[int(rng.integers(len(pictures)))])
    change = random_light_change(rng, shot.light, length) if rng.random() < chances.light_change else None
    bystander = _bystander(rng, renderer, shot, actor, length) if rng.random() < chances.bystander else None
    return replace(shot, props=props, backdrop=backdrop, light_change=change, bystander=bystander)


def random_light_change(rng: Generator, light: Light, length: float) -> LightChange:
    """A lamp that goes on or off at once, or a cloud that takes seconds, somewhere in a film."""
    strength = rng.choice([rng.uniform(0.45, 0.75), rng.uniform(1.2, 1.6)])
    warmth = rng.normal(0, 0.05)
    tint = strength * np.array([1 + warmth, 1.0, 1 - warmth])
    changed = replace(
        light,
        main=light.main * tint,
        fill=light.fill * tint,
        sky=light.sky * (0.4 + 0.6 * tint),
        floor=light.floor * (0.4 + 0.6 * tint),
    )
    seconds = rng.choice([rng.uniform(0.05, 0.3), rng.uniform(1, 4)])
    return LightChange(float(rng.uniform(0, length)), float(seconds), changed)


def _props(rng: Generator, shot: Shot, actor: Actor, chances: Chances) -> list[Surface]:
    person = actor.person
    distance = float(shot.camera.eye[2])
    if not actor.seated:
        if rng.random() < 0.85:
            return []
        place = np.array([rng.choice([-1, 1]) * rng.uniform(0.55, 1.1), 0.0, rng.uniform(-0.4, 0.1)])
        return furniture.chair(rng, person, rng.uniform(-0.8, 0.8), place)
    props = furniture.chair(rng, person)
    clear = shot.camera.eye[1] > furniture.desk_height(person) + ABOVE_DESK_METRES
    if clear and rng.random() < chances.desk:
        props += furniture.desk(rng, person, distance)
    return props


def _bystander(
    rng: Generator, renderer: Renderer, shot: Shot, actor: Actor, length: float
) -> Bystander | None:
    wall = min((float(surface.vertices[:, 2].min()) for surface in shot.room), default=-3.0)
    # At a desk nobody sits so near that the arms would touch.
    beside = rng.random() < 0.5
    if not beside and wall > -WALKING_DEPTH_METRES:
        return None
    person = random_person(rng)
    if beside:
        other = Actor(renderer, person, seated=actor.seated)
        place = np.array([rng.choice([-1, 1]) * rng.uniform(0.75, 1.1), 0.0, rng.uniform(-0.35, 0.0)])
        return Bystander(other, _staying(rng, place, actor.seated))
    depth = rng.uniform(max(wall + 0.35, -1.8), -0.55)
    return Bystander(Actor(renderer, person), _walking(rng, depth, length))


def _staying(rng: Generator, place: Floats, seated: bool) -> Callable[[float], Pose]:
    rest = (IN_LAP if rng.random() < 0.5 else ON_DESK) if seated else HANGING
    timeline = MotionTimeline(rng, {"left": rest, "right": rest}, liveliness=rng.uniform(0.8, 2.0))
    turn = float(rng.normal(0, 0.25))

    def pose(time: float) -> Pose:
        still = timeline.pose(time)
        trunk = still.trunk
        return replace(still, trunk=replace(trunk, shift=trunk.shift + place, turn=trunk.turn + turn))

    return pose


def _walking(rng: Generator, depth: float, length: float) -> Callable[[float], Pose]:
    """Across the room behind the person, at the middle of it somewhere in the film."""
    speed, way = rng.uniform(0.7, 1.4), float(rng.choice([-1, 1]))
    middle = rng.uniform(0, length)

    def pose(time: float) -> Pose:
        gone = way * speed * (time - middle)
        stride, lower = walking(speed * (time - middle))
        # Arms swing against the legs.
        left, right = (
            replace(HANGING, wrist=HANGING.wrist + np.array([0, 0.1 * abs(s), s]))
            for s in (-0.6 * stride, 0.6 * stride)
        )
        shift = np.array([gone, -lower, depth])
        return Pose(left, right, Trunk(turn=way * np.pi / 2, shift=shift, stride=stride))

    return pose
