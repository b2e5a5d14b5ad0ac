"""What one frame of the live path costs, without the person locator, which runs beside the loop.

OMP_NUM_THREADS=1 python -m pytest benchmarks --benchmark-only --benchmark-columns=median,iqr,rounds
"""

import itertools

import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.model.files import assets
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.region import PoseLocator, SteppedFollower, crop


class Still:
    """The region of the first frame, for ever: the locator is not part of this figure."""

    def __init__(self, region):
        self.region = region

    def follow(self, image, at):
        return self.region

    def take_jump(self):
        return False

    def close(self):
        pass


@pytest.fixture(scope="module")
def frames():
    with open_source(assets() / "sample.mp4") as source:
        return list(itertools.islice(source, 200))


@pytest.fixture(scope="module")
def region(frames):
    follower = SteppedFollower()
    found = follower.follow(frames[0].image, 0.0)
    follower.close()
    return found


@pytest.mark.parametrize("engine", ["onnxruntime", "torch"])
def test_frame_path(benchmark, frames, region, engine):
    recognizer = Recognizer(engine=engine, follower=Still(region))
    loop = itertools.cycle(frames)
    benchmark.pedantic(lambda: recognizer.process(next(loop)), rounds=300, warmup_rounds=20)


def test_crop(benchmark, frames, region):
    benchmark(crop, frames[0].image, region, 128)


def test_locator(benchmark, frames):
    locator = PoseLocator()
    loop = itertools.cycle(frames)
    benchmark.pedantic(lambda: locator.locate(next(loop).image, 0.0), rounds=60, warmup_rounds=5)
    locator.close()
