"""Films are read back as they were written, whatever their clock."""

import numpy as np
import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.synthesis.dataset.video import write_video
from gesturelrcn.synthesis.scene.webcam import rolling_times


def pictures(count):
    return [np.full((64, 64, 3), 30 + 180 * index // count, np.uint8) for index in range(count)]


def read_back(path):
    with open_source(path) as source:
        frames = list(source)
    return [frame.media_time for frame in frames], [float(frame.image.mean()) for frame in frames]


@pytest.mark.parametrize("seed", range(4))
def test_frames_come_back_at_their_times(tmp_path, seed):
    times = rolling_times(np.random.default_rng(seed), 3.0, 10, 60)
    written = pictures(len(times))
    write_video(tmp_path / "film.mp4", written, 15, times=times)
    shown, brightness = read_back(tmp_path / "film.mp4")

    assert shown == pytest.approx(times, abs=0.0005)
    assert brightness == pytest.approx([float(image.mean()) for image in written], abs=6)


def test_without_times_the_rate_counts(tmp_path):
    write_video(tmp_path / "film.mp4", pictures(10), 20)

    assert read_back(tmp_path / "film.mp4")[0] == pytest.approx(np.arange(10) / 20, abs=0.0005)


def test_the_same_pictures_at_the_same_times_give_the_same_file(tmp_path):
    times = rolling_times(np.random.default_rng(1), 2.0, 10, 60)
    for name in ("one.mp4", "other.mp4"):
        write_video(tmp_path / name, pictures(len(times)), 15, times=times)

    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "other.mp4").read_bytes()
