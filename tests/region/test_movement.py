import numpy as np

from gesturelrcn.region import Region
from gesturelrcn.region.movement import Movement

ROOM = np.random.default_rng(0).integers(60, 180, (480, 640, 3), dtype=np.uint8)
PERSON = Region(200.0, 240.0, 160.0, 1.0, 0.0)


def noisy(rng, level=4.0):
    return np.clip(ROOM + rng.normal(0, level, ROOM.shape), 0, 255).astype(np.uint8)


def with_hand(picture, x, y, size=16):
    picture = picture.copy()
    picture[y : y + size, x : x + size] = 230
    return picture


def test_the_first_picture_shows_no_movement():
    movement = Movement()
    movement.take(ROOM)
    assert not movement.within(PERSON)


def test_a_hand_moves_where_it_is_and_nowhere_else():
    movement = Movement()
    movement.take(ROOM)
    movement.take(with_hand(ROOM, 190, 220, 24))
    assert movement.within(PERSON)
    assert not movement.within(Region(500.0, 240.0, 160.0, 1.0, 0.0))


def test_the_noise_of_a_sensor_is_no_movement():
    rng, movement = np.random.default_rng(1), Movement()
    for level in (2.0, 6.0, 12.0):
        movement.take(noisy(rng, level))
        movement.take(noisy(rng, level))
        assert not movement.within(PERSON), level


def test_a_light_that_is_switched_on_or_a_camera_that_moves_is_nobody():
    movement = Movement()
    movement.take(ROOM)
    movement.take(np.clip(ROOM.astype(int) + 60, 0, 255).astype(np.uint8))
    assert not movement.within(PERSON)
    movement.take(np.roll(ROOM, 7, axis=1))
    assert not movement.within(PERSON)


def test_other_sizes_and_places_outside_are_no_movement():
    movement = Movement()
    movement.take(ROOM)
    movement.take(ROOM[:240, :320])
    assert not movement.within(PERSON)
    movement.take(with_hand(ROOM[:240, :320], 100, 100, 40))
    assert not movement.within(Region(900.0, 900.0, 50.0, 1.0, 0.0))
    assert movement.within(Region(110.0, 110.0, 4000.0, 1.0, 0.0))


def test_pictures_of_one_pixel():
    movement = Movement()
    for value in (0, 200):
        movement.take(np.full((1, 1, 3), value, np.uint8))
    assert not movement.within(Region(0.0, 0.0, 5.0, 1.0, 0.0))
