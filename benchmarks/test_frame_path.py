"""Every stage and every peer under pytest-benchmark, to save, compare and draw as that can.

OMP_NUM_THREADS=1 python -m pytest benchmarks --benchmark-only --benchmark-columns=median,iqr,ops,rounds
OMP_NUM_THREADS=1 python -m pytest benchmarks --benchmark-only --benchmark-autosave --benchmark-compare
"""

import itertools
from contextlib import ExitStack

import pytest

from gesturelrcn.benchmarking import peers, stages
from gesturelrcn.benchmarking.engines import engine_with
from gesturelrcn.benchmarking.pictures import Still, person_in, recorded
from gesturelrcn.recognizer import Recognizer
from gesturelrcn.region import person_locator

ROUNDS = {"rounds": 300, "warmup_rounds": 20}
FEW_ROUNDS = {"rounds": 60, "warmup_rounds": 5}
SIZES = [(640, 480), (1280, 720)]


@pytest.fixture(scope="module", params=SIZES, ids=[f"{width}x{height}" for width, height in SIZES])
def scene(request):
    """Frames of the sample clip in this size, and where the person is."""
    frames = recorded("sample", stages.FRAMES, request.param)
    return frames, person_in(frames)


@pytest.fixture(scope="module")
def own_scene():
    frames = recorded("sample", stages.FRAMES)
    return frames, person_in(frames)


@pytest.mark.benchmark(group="frame path")
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("engine", ["onnxruntime", "torch"])
def test_frame_path(benchmark, scene, engine, threads):
    frames, region = scene
    recognizer = Recognizer(engine_with("default", engine, threads), follower=Still(region))
    shown = stages.as_live(frames)
    benchmark.pedantic(lambda: recognizer.process(next(shown)), **ROUNDS)


@pytest.mark.benchmark(group="stages")
def test_crop(benchmark, scene):
    frames, region = scene
    path = stages.StagedPath(engine_with("default", "onnxruntime", 1), region)
    loop = itertools.cycle(frames)
    benchmark.pedantic(lambda: path.crop(next(loop).image), **ROUNDS)


@pytest.mark.benchmark(group="stages")
@pytest.mark.parametrize("engine", ["onnxruntime", "torch"])
def test_step(benchmark, own_scene, engine):
    frames, region = own_scene
    path = stages.StagedPath(engine_with("default", engine, 1), region)
    pictures = path.crop(frames[0].image)
    benchmark.pedantic(lambda: path.step(pictures), **ROUNDS)


@pytest.mark.benchmark(group="stages")
def test_decode(benchmark, own_scene):
    frames, region = own_scene
    path = stages.StagedPath(engine_with("default", "onnxruntime", 1), region)
    output = path.step(path.crop(frames[0].image))
    times = itertools.count(0.0, 0.05)
    benchmark.pedantic(lambda: path.decode(output, next(times)), **ROUNDS)


@pytest.mark.benchmark(group="beside the loop")
def test_locator(benchmark, own_scene):
    loop = itertools.cycle(own_scene[0])
    locator = person_locator()
    benchmark.pedantic(lambda: locator.locate(next(loop).image, 0.0), **FEW_ROUNDS)
    locator.close()


@pytest.mark.benchmark(group="peers")
@pytest.mark.parametrize("peer", sorted(peers.PEERS))
def test_peer(benchmark, own_scene, peer):
    frames, region = own_scene
    with ExitStack() as stack:
        engine = engine_with("default", "onnxruntime", 1)
        run = peers.PEERS[peer]("default", engine, region, stack)
        shown = stages.as_live(frames)
        benchmark.pedantic(lambda: run(next(shown)), **FEW_ROUNDS)
