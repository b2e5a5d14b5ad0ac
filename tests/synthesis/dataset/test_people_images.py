from itertools import islice

import numpy as np
import pytest

from gesturelrcn.synthesis.dataset import people_images
from gesturelrcn.synthesis.dataset.people_images import EMPTY, MOST_PEOPLE, PERSON

WIDTH = 64
TWO = (0.0, 0.0, 1.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def cast(body_data, person, renderer):
    """The same person three times; making others takes a second each."""
    patch = pytest.MonkeyPatch()
    patch.setattr(people_images, "CAST", 3)
    patch.setattr(people_images, "random_person", lambda rng: person)
    yield
    patch.undo()


def some(count, numbers, seed=0):
    stream = people_images.people_images(np.random.default_rng(seed), WIDTH, numbers)
    images = list(islice(stream, count))
    stream.close()
    return images


def test_two_people_stand_apart_and_are_where_the_rows_say(cast):
    for one in some(10, TWO):
        assert (one.image.shape, one.image.dtype) == ((WIDTH * 3 // 4, WIDTH, 3), np.uint8)
        assert (one.people.shape, one.people.dtype) == ((MOST_PEOPLE, PERSON), np.float32)
        rows = one.people[np.isfinite(one.people[:, 0])]
        assert len(rows) <= 2
        middles = (rows[:, 2:4] + rows[:, 4:6]) / 2
        seen = rows[:, 8] == 1
        assert (middles[seen] > -WIDTH).all()
        assert (middles[seen] < 2 * WIDTH).all()
        # A raised hand is above the face.
        raised = np.isfinite(rows[:, 6])
        assert (rows[raised, 7] < rows[raised, 1]).all()


def test_the_face_is_above_the_shoulders_as_far_as_people_have_necks(cast):
    rows = np.concatenate([one.people for one in some(20, TWO, seed=1)])
    rows = rows[rows[:, 8] == 1]
    middles = (rows[:, 2:4] + rows[:, 4:6]) / 2
    assert np.median(middles[:, 1] - rows[:, 1]) > 0


def test_empty_rooms_are_empty_and_all_different(cast):
    first, second = some(2, EMPTY)
    assert np.isnan(first.people).all()
    assert not np.array_equal(first.image, second.image)


def test_shards_are_whole_and_the_same_for_the_same_seed(cast, tmp_path):
    for name in "ab":
        written = people_images.write_shards(tmp_path / name, 3, 3, 2, WIDTH)
        assert [path.name for path in written] == ["people-3-000.npz", "people-3-001.npz"]
    one, other = (np.load(tmp_path / name / "people-3-000.npz") for name in "ab")
    assert one["x"].shape == (2, WIDTH * 3 // 4, WIDTH, 3)
    assert np.array_equal(one["x"], other["x"])
    assert np.array_equal(one["people"], other["people"], equal_nan=True)
