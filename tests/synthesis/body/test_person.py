import numpy as np

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.synthesis.body.clothes import UNDER_HEM
from gesturelrcn.synthesis.body.person import random_person
from gesturelrcn.synthesis.rendering.surface import Material


def test_people_are_adults_and_differ(body_data):
    people = [random_person(np.random.default_rng(seed)) for seed in range(3)]
    heights = [person.crown - person.ground for person in people]

    assert all(1.40 < height < 2.05 for height in heights)
    assert len({round(height, 4) for height in heights}) == len(people)


def test_the_same_seed_is_the_same_person(person):
    again = random_person(np.random.default_rng(23))

    assert np.array_equal(again.landmarks, person.landmarks)
    for one, other in zip(again.surfaces, person.surfaces, strict=True):
        assert np.array_equal(one.vertices, other.vertices)
        assert np.array_equal(one.texture, other.texture)


def test_surfaces_fit_together(person):
    for surface in person.surfaces:
        count = len(surface.vertices)
        assert surface.faces.max() < count
        assert surface.uvs.shape == (count, 2)
        assert surface.cut.shape == (count, 4)
        assert surface.weights.shape[0] == count
        assert np.allclose(np.linalg.norm(surface.normals, axis=1), 1, atol=1e-6)


def test_hands_and_face_are_bare_and_the_chest_is_covered(person):
    skin = next(surface for surface in person.surfaces if surface.material is Material.SKIN)
    bare = (skin.cut < 0).any(axis=1)

    def nearest(keypoint):
        place = person.landmarks[KEYPOINTS.index(keypoint)]
        return np.linalg.norm(skin.vertices - place, axis=1).argmin()

    for keypoint in ("nose", "left_index_tip", "right_thumb_tip"):
        assert bare[nearest(keypoint)], keypoint
    clothes = [surface for surface in person.surfaces if surface.material is Material.CLOTH]
    chest = person.landmarks[[KEYPOINTS.index("left_shoulder"), KEYPOINTS.index("right_shoulder")]].mean(
        axis=0
    )
    below = chest - [0, 0.15, -0.12]
    assert min(np.linalg.norm(surface.vertices - below, axis=1).min() for surface in clothes) < 0.06
    assert UNDER_HEM > 0
