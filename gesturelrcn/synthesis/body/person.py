"""A random adult: body shape, skin, eyes, hair and clothes on a skeleton."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.random import Generator

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.synthesis.arrays import Floats, Indices
from gesturelrcn.synthesis.body import accessories, clothes, hair
from gesturelrcn.synthesis.body.makehuman import BODY_VERTEX_COUNT, BONES, NOSE_TIP_VERTEX, MakeHuman, load
from gesturelrcn.synthesis.body.skin import (
    GREY,
    HAIR_COLOURS,
    HAIR_SHARES,
    SKIN_TONES,
    Complexion,
    eye_texture,
    skin_texture,
)
from gesturelrcn.synthesis.rendering.surface import Material, Surface, compact, split_at_seams

FACE_FOLDERS = ("head", "nose", "chin", "mouth", "eyes", "cheek", "forehead", "eyebrows", "ears", "neck")
FACE_TARGETS_PER_PERSON = 24
EXPRESSIONS = {
    "mouth-open": 0.12,
    "eyebrows-left-up": 0.2,
    "eyebrows-right-up": 0.2,
}
ETHNICITIES = ("african", "asian", "caucasian")


@dataclass(frozen=True)
class Traits:
    """What MakeHuman's macro targets are steered by, each 0 to 1; age 0.5 is 25 years and 1.0 is 90.

    Attributes:
        ethnicity: shares of ETHNICITIES, sum one.
    """

    male: float
    age: float
    muscle: float
    weight: float
    height: float
    proportions: float
    ethnicity: Floats


@dataclass(frozen=True)
class Person:
    """A clothed, rigged adult in the rest pose; metres, x to the person's own left, y up, z forward.

    Attributes:
        traits: what the body was shaped by.
        surfaces: everything that is drawn.
        heads, tails: (B, 3) ends of the bones of `makehuman.BONES`.
        parents: (B,) index of the parent bone, -1 for the root.
        landmarks: (J, 3) the joints of `KEYPOINTS` at rest; `landmark_bones` (J,) the bone each one follows.
        trunk: (N, 3) vertices of trunk and hips, which hands may not enter.
        ground: height of the soles; `crown`: height of the top of the head.
    """

    traits: Traits
    surfaces: list[Surface]
    heads: Floats
    tails: Floats
    parents: Indices
    landmarks: Floats
    landmark_bones: Indices
    trunk: Floats
    ground: float
    crown: float


def random_person(rng: Generator) -> Person:
    """A new adult. The same generator state gives the same person."""
    data = load()
    traits = random_traits(rng)
    vertices = shape(data, rng, traits)
    heads, tails = data.joints(vertices)
    style = hair.random_hairstyle(rng, woman=traits.male < 0.5)
    complexion = random_complexion(rng, traits, style.roots)
    dressed, covered = clothes.dress(rng, data, vertices, heads)
    surfaces = [_skin(rng, data, vertices, heads, covered, complexion), *_eyes(rng, data, vertices)]
    worn = accessories.random_accessories(rng)
    style = hair.under_hat(style) if worn.hat else style
    surfaces += hair.grow(rng, data, vertices, style, complexion.hair)
    surfaces += dressed + accessories.wear(rng, data, vertices, worn)
    landmarks, bones = _landmarks(vertices, heads, tails)
    body = vertices[:BODY_VERTEX_COUNT]
    return Person(
        traits=traits,
        surfaces=surfaces,
        heads=heads,
        tails=tails,
        parents=data.parents,
        landmarks=landmarks,
        landmark_bones=bones,
        trunk=body[_trunk(data)],
        ground=float(body[:, 1].min()),
        crown=float(body[:, 1].max()),
    )


def random_traits(rng: Generator) -> Traits:
    """An adult of any sex, 20 to 80 years, slim to heavy."""
    return Traits(
        male=float(rng.choice([0.0, 1.0, rng.uniform(0, 1)], p=[0.47, 0.47, 0.06])),
        age=float(rng.choice([rng.uniform(0.45, 0.75), rng.uniform(0.75, 0.95)], p=[0.75, 0.25])),
        muscle=rng.uniform(0.3, 0.75),
        weight=float(np.clip(rng.normal(0.5, 0.18), 0.1, 0.95)),
        height=rng.uniform(0.25, 0.75),
        proportions=rng.uniform(0.2, 0.9),
        ethnicity=rng.dirichlet([0.4] * 3),
    )


def random_complexion(rng: Generator, traits: Traits, roots: float) -> Complexion:
    """Skin and hair colours that go with the traits."""
    fairness = float(traits.ethnicity @ np.array([0.9, 3.4, 4.0]) + rng.normal(0, 0.6))
    tones = np.arange(len(SKIN_TONES))
    skin = np.array([np.interp(fairness, tones, SKIN_TONES[:, channel]) for channel in range(3)])
    skin = np.clip(skin * (1 + rng.normal(0, 0.02, 3)), 0.08, 0.95)
    choice = GREY if rng.random() < (traits.age - 0.62) * 2 else rng.choice(len(HAIR_COLOURS), p=HAIR_SHARES)
    bearded = traits.male > 0.5 and rng.random() < 0.45
    return Complexion(
        skin=skin,
        hair=np.clip(HAIR_COLOURS[choice] * rng.uniform(0.75, 1.25), 0, 0.9),
        beard=rng.uniform(0.15, 0.85) if bearded else 0.0,
        scalp=roots,
        lipstick=rng.uniform(0.2, 1.0) if traits.male < 0.5 and rng.random() < 0.4 else 0.0,
    )


class _Clay:
    """The base mesh while it is being morphed."""

    def __init__(self, data: MakeHuman) -> None:
        self._data = data
        self.vertices: Floats = data.vertices.copy()

    def morph(self, name: str, amount: float) -> None:
        """Add `amount` (0 to 1) of a target; names that MakeHuman does not have are left out."""
        target = self._data.target(name) if amount > 1e-3 else None
        if target is not None:
            self.vertices[target[0]] += amount * target[1]


def shape(data: MakeHuman, rng: Generator, traits: Traits) -> Floats:
    """(V, 3) the base mesh morphed to the traits, with a random face."""
    clay = _Clay(data)
    sexes = {"male": traits.male, "female": 1 - traits.male}
    for (sex, of_sex), (age, of_age) in product(sexes.items(), _ages(traits.age).items()):
        for ethnicity, share in zip(ETHNICITIES, traits.ethnicity, strict=True):
            clay.morph(f"macrodetails/{ethnicity}-{sex}-{age}", of_sex * of_age * float(share))
        muscles, weights = _thirds("muscle", traits.muscle), _thirds("weight", traits.weight)
        for (muscle, of_muscle), (weight, of_weight) in product(muscles.items(), weights.items()):
            build, amount = f"{sex}-{age}-{muscle}-{weight}", of_sex * of_age * of_muscle * of_weight
            clay.morph(f"macrodetails/universal-{build}", amount)
            for height, of_height in _extremes("minheight", "maxheight", traits.height).items():
                clay.morph(f"macrodetails/height/{build}-{height}", amount * of_height)
            proportions = _extremes("uncommonproportions", "idealproportions", traits.proportions)
            for proportion, of_proportion in proportions.items():
                clay.morph(f"macrodetails/proportions/{build}-{proportion}", amount * of_proportion)
    _random_face(data, rng, clay)
    return clay.vertices


def _random_face(data: MakeHuman, rng: Generator, clay: _Clay) -> None:
    names = [name for folder in FACE_FOLDERS for name in data.target_names(folder)]
    for index in rng.choice(len(names), FACE_TARGETS_PER_PERSON, replace=False):
        name, amount = names[index], rng.uniform(0, 0.4)
        # Faces are nearly symmetric: what happens to one eye happens to the other.
        for left, right in (("/l-", "/r-"), ("/r-", "/l-")):
            if left in name:
                clay.morph(name.replace(left, right), amount * rng.uniform(0.8, 1.0))
        clay.morph(name, amount)
    for unit, most in EXPRESSIONS.items():
        clay.morph(f"expression/units/caucasian/{unit}", max(0.0, rng.uniform(-most, most)))
    # The plain base mesh looks cross.
    clay.morph("expression/units/caucasian/mouth-corner-puller", rng.uniform(0.1, 0.65))


def _ages(age: float) -> dict[str, float]:
    """MakeHuman's child is 0.1875, young 0.5, old 1.0."""
    if age >= 0.5:
        return {"young": 2 - 2 * age, "old": 2 * age - 1}
    young = (age - 0.1875) / 0.3125
    return {"child": 1 - young, "young": young}


def _thirds(name: str, value: float) -> dict[str, float]:
    low, high = max(0.0, 1 - 2 * value), max(0.0, 2 * value - 1)
    return {f"min{name}": low, f"average{name}": 1 - low - high, f"max{name}": high}


def _extremes(low: str, high: str, value: float) -> dict[str, float]:
    return {low: max(0.0, 1 - 2 * value), high: max(0.0, 2 * value - 1)}


def _skin(
    rng: Generator,
    data: MakeHuman,
    vertices: Floats,
    heads: Floats,
    covered: Floats,
    complexion: Complexion,
) -> Surface:
    body = data.face_groups == "body"
    faces, face_uvs = data.faces[body], data.face_uvs[body]
    hip = heads[BONES.index("upperleg01.L"), 1]
    middle = vertices[faces].mean(axis=1)
    on_arm = np.abs(middle[:, 0]) > np.abs(heads[BONES.index("upperarm01.L"), 0]) * 1.3
    shown = (middle[:, 1] > hip) | on_arm
    shown &= ~(covered[faces] > 0).all(axis=2).all(axis=1)
    source, uv, faces = split_at_seams(faces[shown], face_uvs[shown])
    texture = skin_texture(rng, data, complexion)
    return Surface(
        vertices[source],
        faces,
        data.weights[source],
        data.uvs[uv],
        texture,
        Material.SKIN,
        cut=covered[source],
        under_cut=True,
    )


def _eyes(rng: Generator, data: MakeHuman, vertices: Floats) -> list[Surface]:
    texture = eye_texture(rng)
    eyes = []
    for side in ("l", "r"):
        used, faces = compact(data.faces[data.face_groups == f"helper-{side}-eye"])
        points = vertices[used]
        outward = points - points.mean(axis=0)
        forward = outward[:, 2] / np.maximum(np.linalg.norm(outward, axis=1), 1e-9)
        angle = np.arccos(np.clip(forward, -1, 1)) / np.pi
        uvs = np.stack([angle, np.full(len(angle), 0.5)], axis=1)
        eyes.append(Surface(points, faces, data.weights[used], uvs, texture, Material.EYE))
    return eyes


def _landmarks(vertices: Floats, heads: Floats, tails: Floats) -> tuple[Floats, Indices]:
    ends = {"wrist": ("wrist", heads), "shoulder": ("upperarm01", heads), "elbow": ("lowerarm01", heads)}
    ends |= {
        "index_tip": ("finger2-3", tails),
        "thumb_tip": ("finger1-3", tails),
        "pinky_tip": ("finger5-3", tails),
    }
    places, bones = [], []
    for keypoint in KEYPOINTS:
        if keypoint == "nose":
            places.append(vertices[NOSE_TIP_VERTEX])
            bones.append(BONES.index("head"))
            continue
        side, _, joint = keypoint.partition("_")
        bone, ends_of = ends[joint]
        bones.append(BONES.index(f"{bone}.{side[0].upper()}"))
        places.append(ends_of[bones[-1]])
    return np.array(places), np.array(bones)


def _trunk(data: MakeHuman) -> Indices:
    columns = [
        BONES.index(bone)
        for bone in (
            "root",
            "spine05",
            "spine04",
            "spine03",
            "spine02",
            "spine01",
            "upperleg01.L",
            "upperleg01.R",
        )
    ]
    weight = np.asarray(data.weights[:BODY_VERTEX_COUNT][:, columns].sum(axis=1)).ravel()
    return np.flatnonzero(weight > 0.6)
