"""Where people are: what the network is asked for, what is read from its answer, and that it learns."""

import numpy as np
import pytest
import torch

from gesturelrcn.region.people_network import HEIGHT, WIDTH, people_of
from gesturelrcn.training.config.config import PeopleSettings
from gesturelrcn.training.data.people_frames import KNOWN, PeopleFrames, as_by_teacher, middles, units
from gesturelrcn.training.loop.log import read_rows
from gesturelrcn.training.tasks.people import (
    COLUMNS,
    ROWS,
    error_figures,
    people_batches,
    people_loss,
    targets,
    train_people,
)
from gesturelrcn.training.tasks.people_network import PeopleNetwork
from gesturelrcn.training.tasks.people_scenes import Scenes

NAN = np.nan
ONE = (1.0, 1.0)


def person(x, y, unit, known=1.0, hand=(NAN, NAN)):
    """Somebody who faces the camera."""
    return [x, y - 0.6 * unit, x + unit / 2, y, x - unit / 2, y, *hand, known]


def rows(*people):
    return np.array(people, np.float32).reshape(-1, 9)


def answer(wanted):
    """What a network would say that has learnt `targets` by heart; presence as 0 to 1."""
    told = wanted[[0, 2, 3, 4, 7]].copy()
    told[0] = np.where(wanted[1] > 0, told[0], 0)
    return told


def frames(count=12, seed=0):
    """Grey rooms; in two of three somebody: a bright head, dark shoulders; silhouettes of every second."""
    rng = np.random.default_rng(seed)
    images, people, silhouettes = [], [], []
    for number in range(count):
        image = np.full((120, 160, 3), rng.integers(60, 180), np.uint8)
        silhouette, row = None, rows()
        if number % 3:
            unit = float(rng.uniform(24, 40))
            x, y = float(rng.uniform(50, 110)), float(rng.uniform(50, 70))
            body = np.zeros((120, 160), bool)
            body[int(y - 0.2 * unit) : int(y + unit), int(x - unit / 2) : int(x + unit / 2)] = True
            head = np.zeros_like(body)
            head[int(y - 0.9 * unit) : int(y - 0.2 * unit), int(x - unit / 5) : int(x + unit / 5)] = True
            image[body], image[head] = (40, 30, 30), (150, 180, 240)
            row = rows(person(x, y, unit))
            if number % 2:
                silhouette = np.asarray(255 * (body | head)[::2, ::2], np.uint8)
        images.append(image)
        people.append(row)
        silhouettes.append(silhouette)
    return PeopleFrames(images, people, silhouettes, 1.0)


@pytest.mark.parametrize("place", [(96, 72, 40), (20, 30, 12), (150, 150, 60), (-6, 50, 30)])
def test_what_is_asked_for_reads_as_what_is_there(place):
    x, y, unit = place
    (found,) = people_of(answer(targets(rows(person(x, y, unit, hand=(x, y - unit))))), ONE)
    assert (found.x, found.y, found.unit) == pytest.approx(place, abs=0.01)
    assert (found.presence, found.raised) == (1.0, 1.0)


def test_two_people_are_two_and_the_nearer_one_is_told_where_they_meet():
    apart = rows(person(60, 80, 30), person(110, 70, 22))
    assert sorted(round(one.x) for one in people_of(answer(targets(apart)), ONE)) == [60, 110]
    (one,) = people_of(answer(targets(rows(person(100, 80, 60), person(104, 82, 20)))), ONE)
    assert one.unit == pytest.approx(60, rel=1e-3)


def test_of_who_is_hidden_or_tiny_nothing_is_asked():
    for row in (person(96, 72, 40, known=0), person(96, 72, 3)):
        wanted = targets(rows(row))
        assert wanted[0].max() == 0
        assert wanted[1][9, 12] == 0
        assert wanted[1].mean() > 0.5
        assert wanted[5].max() == 0


def test_a_raised_hand_that_nobody_knows_of_does_not_count():
    unknown = targets(rows(person(96, 72, 40, hand=(np.inf, np.inf))))
    assert unknown[8].max() == 0
    assert targets(rows(person(96, 72, 40)))[8].max() == 1


def test_the_loss_is_least_for_the_right_answer():
    wanted = torch.from_numpy(targets(rows(person(60, 80, 30), person(130, 60, 20))))[None]
    right = wanted[:, [0, 2, 3, 4, 7]].clone()
    right[:, [0, 4]] = torch.logit(right[:, [0, 4]], 1e-4)
    least = people_loss(right, wanted)
    elsewhere = right.clone()
    elsewhere[:, 0] = right[:, 0].roll(4, -1)
    assert people_loss(elsewhere, wanted) > 10 * least
    for part, change in ((1, 0.5), (3, 0.3), (4, 5.0)):
        other = right.clone()
        other[:, part] += change
        assert people_loss(other, wanted) > least


def test_units_are_those_of_the_person_region():
    from gesturelrcn.region.locator import SHOULDER_WIDTHS, region_from_landmarks

    landmarks = np.zeros((33, 3))
    landmarks[:11] = (100, 50, 1)
    landmarks[11], landmarks[12] = (110, 90, 1), (90, 90, 1)
    region = region_from_landmarks(landmarks, 0.0)
    row = np.array([[100, 50, 110, 90, 90, 90, NAN, NAN, 1]], np.float32)
    assert region.side == pytest.approx(SHOULDER_WIDTHS * float(units(row)[0]))
    assert middles(row)[0].tolist() == [100, 90]
    assert units(as_by_teacher(row))[0] < units(row)[0]


def test_scenes_are_pictures_with_people_inside_and_the_same_for_the_same_seed():
    some = frames()
    scenes = Scenes([some])
    numbers = set()
    for seed in range(60):
        one, other = (scenes.scene(some, seed % 12, np.random.default_rng(seed)) for _ in range(2))
        assert one.image.shape == (HEIGHT, WIDTH, 3)
        assert np.array_equal(one.image, other.image)
        people = one.people[np.isfinite(one.people[:, 0])]
        numbers.add(len(people))
        known = people[people[:, KNOWN] == 1]
        unit = units(known)[:, None]
        assert (middles(known) > -unit).all()
        assert (middles(known) < np.array([WIDTH, HEIGHT]) + unit).all()
    assert {0, 1, 2} <= numbers


def test_a_batch_is_pictures_and_what_is_asked_for():
    pictures, wanted = people_batches([frames()], 4, (0,)).next()
    assert (pictures.shape, pictures.dtype) == ((4, HEIGHT, WIDTH, 3), torch.uint8)
    assert wanted.shape == (4, 9, ROWS, COLUMNS)


def test_the_network_learns(tmp_path):
    torch.manual_seed(0)
    network, some = PeopleNetwork(), frames()
    settings = PeopleSettings(steps=40, batch=8, rate=4e-3)
    train_people(network, [some], settings, frames(6, seed=1), tmp_path / "people.csv")
    log = read_rows(tmp_path / "people.csv")
    assert np.mean([row["loss"] for row in log[-5:]]) < 0.5 * log[0]["loss"]
    assert {"found", "place_median", "size_median", "false"} <= set(log[-1])
    assert {"false"} == set(error_figures(network, PeopleFrames([some.images[0]], [rows()], [None], 1.0)))
