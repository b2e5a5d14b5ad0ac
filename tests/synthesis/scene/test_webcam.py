import numpy as np
import pytest

from gesturelrcn.synthesis.scene.webcam import Webcam, frame_times, random_webcam, rolling_times

GREY = np.full((60, 80, 3), 120, np.uint8)
PERFECT = {"blur": 0.0, "noise": 0.0, "jpeg": 0}


def look(webcam, picture=GREY, seed=0):
    return webcam.look(picture, np.random.default_rng(seed))


def test_a_perfect_camera_changes_nothing():
    picture = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)

    assert np.array_equal(look(Webcam(**PERFECT), picture), picture)


def test_noise_is_as_strong_as_asked_for_and_keeps_the_mean():
    noisy = look(Webcam(**{**PERFECT, "noise": 0.02})).astype(float)

    assert noisy.std() == pytest.approx(0.02 * 255, rel=0.3)
    assert noisy.mean() == pytest.approx(120, abs=1.5)


def test_white_balance_multiplies_blue_green_and_red():
    blue, green, red = look(Webcam(**PERFECT, gain=(0.5, 1.0, 1.5)))[0, 0]

    assert (blue, green, red) == (60, 120, 180)


def test_jpeg_and_blur_soften_an_edge():
    edge = GREY.copy()
    edge[:, 40:] = 220
    soft = look(Webcam(blur=2.0, noise=0.0, jpeg=50), edge)

    assert soft.shape == edge.shape
    assert 130 < soft[30, 40, 0] < 210


def test_sharpening_makes_edges_stronger_and_nothing_else():
    edge = GREY.copy()
    edge[:, 40:] = 180
    sharp = look(Webcam(**PERFECT, sharpening=0.8), edge)

    assert sharp[30, 39, 0] < 115
    assert sharp[30, 40, 0] > 185
    assert (sharp[30, 5, 0], sharp[30, 75, 0]) == (120, 180)


def test_the_same_seed_gives_the_same_camera_and_the_same_noise():
    first, second = (random_webcam(np.random.default_rng(3), 320) for _ in range(2))

    assert first == second
    assert np.array_equal(look(first, seed=1), look(second, seed=1))
    assert not np.array_equal(look(first, seed=1), look(first, seed=2))


def test_exposure_and_white_balance_wander_slowly_and_come_from_the_time_alone():
    camera = Webcam(**PERFECT, hunting=0.1, tinting=0.05, wander_seconds=8.0)
    greens = np.array([camera.at(time).gain[1] for time in np.arange(0, 60, 0.1)])

    assert camera.at(3.0) == camera.at(3.0)
    assert 0.05 < np.abs(greens - 1).max() <= 0.1
    assert np.abs(np.diff(greens)).max() < 0.02
    assert len({round(camera.at(time).gain[0] / camera.at(time).gain[1], 3) for time in range(9)}) > 3
    assert Webcam().at(5.0) == Webcam()


@pytest.mark.parametrize("fps", [10, 25, 60])
def test_jittery_frames_come_in_order_at_about_the_rate(fps):
    times = np.array(frame_times(np.random.default_rng(0), 20.0, fps))

    assert times[0] == 0
    assert (np.diff(times) > 0).all()
    assert times[-1] < 20.0 + 0.5 / fps
    assert len(times) == pytest.approx(20 * fps, rel=0.06)
    assert np.diff(times).std() > 0.1 / fps


def test_without_jitter_the_clock_is_exact():
    assert frame_times(np.random.default_rng(0), 1.0, 4, jitter=0.0) == [0.0, 0.25, 0.5, 0.75]


def test_cameras_without_a_fixed_rate_have_all_rates_and_unsteady_clocks():
    rates, unsteady, halved = [], 0, 0
    for seed in range(60):
        times = np.array(rolling_times(np.random.default_rng(seed), 10.0, 10, 60))
        gaps = np.diff(times)
        assert times[0] == 0
        assert (gaps > 0).all()
        assert times[-1] < 10.1
        # The slowest camera that loses a frame and is early or late by half an interval.
        assert gaps.max() < 0.45
        rates.append(len(times) / 10)
        unsteady += gaps.std() > 0.01 * gaps.mean()
        first, last = np.median(gaps[: len(gaps) // 6]), np.median(gaps[-len(gaps) // 6 :])
        halved += last > 1.7 * first

    assert min(rates) < 15
    assert max(rates) > 40
    assert 30 < unsteady < 60
    assert 3 < halved < 25
