"""The whole way from frames to events, with the shipped model and the real person locator."""

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from gesturelrcn.capture import Frame, open_source
from gesturelrcn.errors import CaptureError
from gesturelrcn.evaluation import TrueGesture, match_starts
from gesturelrcn.events import Phase
from gesturelrcn.model import KEYPOINTS, StepResult, load_model
from gesturelrcn.model.card import ModelCard
from gesturelrcn.model.files import assets
from gesturelrcn.recognizer import MAX_GAP, Recognizer
from gesturelrcn.region import Person, PersonLocator, Region, SteppedFollower
from gesturelrcn.thresholds import Thresholds

SAMPLE = assets() / "sample.mp4"
REAL = Path(__file__).parents[2] / "shared/data/body_gestures"
LOCATORS = ["people", pytest.param("mediapipe", marks=pytest.mark.mediapipe)]


def events_of(path, **options):
    recognizer = Recognizer(**options)
    events, at = [], 0.0
    with open_source(path) as source:
        for frame in source:
            events += recognizer.process(frame)
            at = frame.captured_at
    events += recognizer.finish(at)
    recognizer.close()
    return events


@pytest.fixture(scope="module")
def sample_events():
    return events_of(SAMPLE)


def sample_truth():
    lines = (json.loads(line) for line in SAMPLE.with_suffix(".jsonl").read_text().splitlines())
    return [TrueGesture(t["gesture"], t["onset_s"], t["offset_s"]) for t in lines if "gesture" in t]


def test_every_gesture_of_the_sample_is_found_once_and_nothing_else(sample_events):
    counts = match_starts(sample_truth(), sample_events)
    assert len(counts.matched) == len(sample_truth()) == 5
    assert not (counts.missed + counts.duplicates + counts.wrong_class + counts.spurious)


def test_events_say_which_hand_and_when(sample_events):
    for event in sample_events:
        assert event.captured_at == event.decided_at == event.media_time
        if event.phase is Phase.START:
            assert event.hand == ("left" if event.gesture == "point_left" else "right")
            assert all(0 <= share <= 1 for share in event.position)


def test_every_start_has_its_end(sample_events):
    for phase in (Phase.START, Phase.END):
        assert [e.id for e in sample_events if e.phase is phase] == [1, 2, 3, 4, 5]


def test_a_replay_gives_the_same_events_bit_for_bit(sample_events):
    assert events_of(SAMPLE) == sample_events


@pytest.mark.real_clips
def test_a_real_person_points_right():
    if not REAL.is_dir():
        pytest.skip(f"the folder of real clips is not here: {REAL}")
    events = events_of(REAL / "S5/right_1_1m_upper.avi")
    assert [(e.gesture, e.phase.value) for e in events if e.phase is not Phase.HOLD] == [
        ("point_right", "start"),
        ("point_right", "end"),
    ]


class ScriptedEngine:
    """Scores read off the picture (how blue it is), and a state that counts the frames it has seen."""

    def __init__(self):
        names = ("none", "wave")
        limits = {"wave": Thresholds(0.6, 0.4, 0.1, 0.3)}
        self.card = ModelCard("s", "", names, 32, 4, KEYPOINTS, 8, 60, limits)
        self.seen, self.dts = [], []

    def initial_state(self):
        return np.zeros((2, 1, 4), np.float32)

    def step(self, crop, state, dt, hand=None, side=0):
        self.seen.append(int(state[0, 0, 0]))
        self.dts.append(dt)
        wave = float(crop[16, 16, 0]) / 255
        keypoints = np.full((len(KEYPOINTS), 3), 0.5, np.float32)
        return StepResult(np.array([1 - wave, wave], np.float32), keypoints, state + 1)


class ScriptedFollower:
    def __init__(self):
        self.region, self.jump, self.closed = Region(50, 50, 80, 1.0, 0.0), False, False

    def follow(self, image, at):
        return self.region

    def take_jump(self):
        jump, self.jump = self.jump, False
        return jump

    def close(self):
        self.closed = True


@pytest.fixture
def scripted():
    engine, follower = ScriptedEngine(), ScriptedFollower()
    return engine, follower, Recognizer(engine, follower=follower, clock=lambda: 99.0)


def frames(waving, start=0.0, count=20, media=True):
    from gesturelrcn.capture import Frame

    image = np.zeros((100, 100, 3), np.uint8)
    image[..., 0] = 250 if waving else 5
    for i in range(count):
        at = start + i * 0.05
        yield Frame(image, at, i, "test", at if media else None)


def play(recognizer, *stretches):
    return [e for stretch in stretches for frame in stretch for e in recognizer.process(frame)]


def test_the_state_is_carried_and_dt_is_the_time_between_frames(scripted):
    engine, _, recognizer = scripted
    play(recognizer, frames(False, count=5))
    assert engine.seen == [0, 1, 2, 3, 4]
    assert engine.dts == pytest.approx([0.05] * 5)


def test_a_person_who_leaves_ends_the_gesture_and_empties_the_memory(scripted):
    engine, follower, recognizer = scripted
    play(recognizer, frames(True))
    follower.region = None
    (end,) = play(recognizer, frames(True, start=1.0, count=3))
    assert (end.phase, end.decided_at) == (Phase.END, 1.0)
    assert recognizer.view.region is None
    follower.region = Region(50, 50, 80, 1.0, 0.0)
    engine.seen.clear()
    play(recognizer, frames(False, start=1.2, count=2))
    assert engine.seen == [0, 1]


def test_another_person_or_place_empties_the_memory(scripted):
    engine, follower, recognizer = scripted
    play(recognizer, frames(True))
    follower.jump = True
    engine.seen.clear()
    (end,) = [e for e in play(recognizer, frames(False, start=1.0, count=2)) if e.phase is Phase.END]
    assert end.gesture == "wave"
    assert engine.seen == [0, 1]


def test_a_gap_between_frames_empties_the_memory(scripted):
    engine, _, recognizer = scripted
    play(recognizer, frames(False, count=3))
    engine.seen.clear()
    play(recognizer, frames(False, start=0.1 + MAX_GAP * 0.9, count=1))
    assert engine.seen == [3]
    play(recognizer, frames(False, start=5.0, count=1))
    assert engine.seen == [3, 0]


def test_live_events_are_decided_by_the_clock(scripted):
    _, _, recognizer = scripted
    events = play(recognizer, frames(True, media=False))
    assert {e.decided_at for e in events} == {99.0}
    assert {e.media_time for e in events} == {None}


def test_events_and_what_was_seen_come_in_one_value(scripted):
    _, follower, recognizer = scripted
    for frame in frames(True, count=20):
        observation = recognizer.process(frame)
        assert observation is recognizer.view
        if observation:
            break
    (event,) = observation
    assert (event.phase, len(observation), observation[0]) == (Phase.START, 1, event)
    assert (observation.region, observation.active, observation.evident) == (follower.region, "wave", "wave")
    assert (observation.hand, observation.position) == (event.hand, event.position)
    assert observation.evidence.captured_at == frame.captured_at
    assert observation.evidence.scores.tolist() == pytest.approx([5 / 255, 250 / 255])
    assert observation.scores[1] == event.confidence
    for weak in frames(False, start=frame.captured_at + 0.05, count=5):
        observation = recognizer.process(weak)
    assert (observation.active, observation.evident) == ("wave", None)
    follower.region = None
    (frame,) = frames(True, start=1.0, count=1)
    gone = recognizer.process(frame)
    assert ([event.phase for event in gone], gone.region, gone.evidence) == ([Phase.END], None, None)


def test_scores_that_are_no_numbers_are_not_shown(scripted):
    engine, follower, recognizer = scripted
    play(recognizer, frames(True))
    step = engine.step
    engine.step = lambda *rest: replace(step(*rest), scores=np.full(2, np.nan, np.float32))
    (frame,) = frames(True, start=1.0, count=1)
    observation = recognizer.process(frame)
    assert ([event.phase for event in observation], observation.region) == ([Phase.END], follower.region)
    assert (observation.scores, observation.evidence, observation.active) == (None, None, None)


def test_choosing_a_person_reaches_a_follower_that_can(scripted):
    _, follower, recognizer = scripted
    recognizer.choose_person(1.0, 2.0)  # this one follows whomever it will
    chosen = []
    follower.choose = lambda x, y: chosen.append((x, y))
    recognizer.choose_person(3.0, 4.0)
    assert chosen == [(3.0, 4.0)]


class HandedEngine(ScriptedEngine):
    """Looks at a hand, too: says where it is, and keeps what it was shown."""

    def __init__(self):
        super().__init__()
        self.card = replace(self.card, hand_size=16, zoom=1.25, lift=0.1)
        self.at, self.broken, self.shown = (0.3, 0.4), False, []

    def step(self, crop, state, dt, hand=None, side=0):
        self.shown.append((hand, side))
        result = super().step(crop, state, dt)
        for part in ("wrist", "index_tip", "pinky_tip"):
            result.keypoints[KEYPOINTS.index(f"right_{part}"), :2] = self.at
        scores = result.scores * np.nan if self.broken else result.scores
        return StepResult(scores, result.keypoints, result.state)


@pytest.fixture
def handed():
    engine, follower = HandedEngine(), ScriptedFollower()
    return engine, follower, Recognizer(engine, follower=follower)


def spotted_frame(number, spot):
    """A black frame with a white square of 4 pixels around `spot`."""
    from gesturelrcn.capture import Frame

    image = np.zeros((100, 100, 3), np.uint8)
    x, y = spot
    image[y - 2 : y + 2, x - 2 : x + 2] = 255
    return Frame(image, number * 0.05, number, "test", number * 0.05)


def test_the_hand_is_looked_at_where_the_frame_before_had_it(handed):
    engine, _, recognizer = handed
    # The body's square is 100 pixels wide around (50, 42), and the hand was at 0.3, 0.4 of it.
    for number in range(2):
        recognizer.process(spotted_frame(number, (30, 32)))
    engine.at = (0.6, 0.2)
    recognizer.process(spotted_frame(2, (30, 32)))  # the hand has gone on, and is missed once
    recognizer.process(spotted_frame(3, (60, 12)))
    assert engine.shown[0] == (None, 0)
    for hand, side in engine.shown[1:]:
        assert side == 1
        assert hand.shape == (16, 16, 3)
        assert hand[8, 8].min() > 200
        assert not hand[0].any()
    right = recognizer.view.keypoints[KEYPOINTS.index("right_wrist"), :2]
    assert right * 80 + 10 == pytest.approx([60, 12], abs=1e-3)  # in shares of the region, not of the body


@pytest.mark.parametrize("why", ["leaves", "jumps", "gap", "scores"])
def test_nobody_is_looked_at_with_the_hand_of_somebody_else(handed, why):
    engine, follower, recognizer = handed
    for number in range(3):
        recognizer.process(spotted_frame(number, (30, 32)))
    assert engine.shown[-1][1] == 1
    number = 3
    if why == "leaves":
        region, follower.region = follower.region, None
        recognizer.process(spotted_frame(number, (30, 32)))
        follower.region = region
    elif why == "jumps":
        follower.jump = True
    elif why == "gap":
        number = 90
    else:
        engine.broken = True
        recognizer.process(spotted_frame(number, (30, 32)))
        engine.broken = False
    recognizer.process(spotted_frame(number + 1, (30, 32)))
    assert engine.shown[-1] == (None, 0)
    recognizer.process(spotted_frame(number + 2, (30, 32)))
    assert engine.shown[-1][1] == 1


def test_close_frees_the_locator(scripted):
    _, follower, recognizer = scripted
    recognizer.close()
    assert follower.closed


def test_an_engine_of_another_size_is_fed_its_own_size(scripted):
    engine, follower, _ = scripted
    engine.card = replace(engine.card, size=64)
    sizes = []
    step = engine.step
    engine.step = lambda crop, *rest: (sizes.append(crop.shape), step(crop, *rest))[1]
    play(Recognizer(engine, follower=follower), frames(False, count=1))
    assert sizes == [(64, 64, 3)]


def test_torch_and_onnxruntime_give_the_same_events(square):
    """In a square that stays: one that goes with the joints brings back what an engine rounds otherwise."""
    events, same = (
        events_of(SAMPLE, engine=engine, follower=SteppedFollower(AskedOnce(square)))
        for engine in ("torch", "onnxruntime")
    )
    assert [(e.gesture, e.phase, e.captured_at) for e in events] == [
        (e.gesture, e.phase, e.captured_at) for e in same
    ]
    assert len(events) > 10
    assert all(abs(a.confidence - b.confidence) < 1e-4 for a, b in zip(events, same, strict=True))


def test_torch_finds_the_same_gestures_at_the_same_times(sample_events):
    events = events_of(SAMPLE, engine="torch")
    assert [(e.gesture, e.phase) for e in events if e.phase is not Phase.HOLD] == [
        (e.gesture, e.phase) for e in sample_events if e.phase is not Phase.HOLD
    ]
    for event, same in zip(events, sample_events, strict=True):
        assert event.captured_at == pytest.approx(same.captured_at, abs=0.05), "a frame"


def test_the_shipped_model_is_the_default():
    assert Recognizer(follower=ScriptedFollower()).card == load_model("default").card


class AskedOnce:
    """A locator that tells the same place whenever it is asked, and is meant to be asked once."""

    def __init__(self, place):
        self.place, self.looks = place, 0

    def locate(self, image, at):
        self.looks += 1
        return replace(self.place, located_at=at)

    def close(self):
        pass


def followed_by_joints(pictures, start, fps):
    """The regions in these pictures, and how often the locator was asked; it always tells the first place."""
    locator = AskedOnce(start)
    recognizer = Recognizer(follower=SteppedFollower(locator, check_every=math.inf))
    regions = []
    for number, image in enumerate(pictures):
        regions.append(recognizer.process(Frame(image, number / fps, number, "film", number / fps)).region)
    return regions, locator.looks


@pytest.fixture(scope="module")
def sample_pictures():
    with open_source(SAMPLE) as source:
        return [frame.image for frame in source if frame.index % 3 == 0]


@pytest.fixture(scope="module")
def square():
    """Where the person of the sample is."""
    return Region(318.0, 274.0, 420.0, 1.0, 0.0)


def test_ten_minutes_of_gestures_on_one_spot_move_the_square_nowhere(sample_pictures, square):
    there_and_back = sample_pictures + sample_pictures[::-1]
    pictures = (there_and_back[number % len(there_and_back)] for number in range(600 * 5))
    start = replace(square, x=square.x + 50, side=1.12 * square.side)  # not where the joints see it
    regions, looks = followed_by_joints(pictures, start, 5)
    assert looks == 1
    for region in regions[::25]:
        assert math.hypot(region.x - start.x, region.y - start.y) < 0.06 * start.side
        assert abs(math.log(region.side / start.side)) < 0.12


def test_the_square_goes_with_the_shoulders(sample_pictures, square):
    def moved(share):
        """Somebody who has walked to the left and bent down a little, by that share of the way."""
        matrix = np.array([[1.0, 0.0, -200 * share], [0.0, 1.0, 60 * share]])
        return np.asarray(cv2.warpAffine(sample_pictures[0], matrix, (640, 480)), np.uint8)

    shares = np.concatenate([np.linspace(0, 1, 60), np.ones(20)])
    regions, looks = followed_by_joints(map(moved, shares), square, 15)
    place = regions[-1].x, regions[-1].y
    assert place == pytest.approx((square.x - 200, square.y + 60), abs=0.07 * square.side)
    assert looks == 1


@pytest.mark.parametrize("locator", LOCATORS)
def test_every_locator_finds_the_same_gestures(locator):
    counts = match_starts(sample_truth(), events_of(SAMPLE, locator=locator))
    assert len(counts.matched) == 5
    assert not (counts.missed + counts.duplicates + counts.wrong_class + counts.spurious)


@pytest.mark.parametrize("locator", LOCATORS)
@pytest.mark.parametrize("size", [(1, 1), (2, 640), (640, 1), (7680, 4320)])
def test_pictures_of_any_size_without_anybody_say_nothing(locator, size):
    """Black, grey, and noise."""
    recognizer = Recognizer(locator=locator)
    shape = (size[1], size[0], 3)
    noise = np.random.default_rng(0).integers(0, 255, shape, np.uint8)
    for number, picture in enumerate((np.zeros(shape, np.uint8), np.full(shape, 128, np.uint8), noise)):
        assert list(recognizer.process(Frame(picture, number / 10, number, "pictures"))) == []
    recognizer.close()


@pytest.mark.parametrize(
    ("x", "y", "high"), [(318, 175, 90), (318, 160, 130), (400, 418, 110)], ids=["face", "head", "hand"]
)
def test_a_part_of_a_person_makes_no_gesture(sample_pictures, x, y, high):
    """A face or a hand that fills the picture, shaken; a face may be followed, for a body may be below it."""
    recognizer = Recognizer()
    part = cv2.getRectSubPix(sample_pictures[0], (high * 4 // 3, high), (x, y))
    image = cv2.resize(part, (640, 480), interpolation=cv2.INTER_CUBIC)
    for number in range(45):
        move = np.array([[1, 0, 14 * np.sin(number / 4)], [0, 1, 14 * np.cos(number / 5)]])
        picture = cv2.warpAffine(image, move, (640, 480), borderMode=cv2.BORDER_REPLICATE)
        assert list(recognizer.process(Frame(picture, number / 15, number, "parts"))) == []


@pytest.mark.parametrize("locator", LOCATORS)
def test_what_is_no_picture_is_refused_and_the_next_one_is_looked_at(locator, sample_pictures):
    recognizer = Recognizer(locator=locator)
    grey, broken = sample_pictures[0][..., 0], np.full((48, 64, 3), np.nan)
    for number, picture in enumerate((grey, broken)):
        with pytest.raises(CaptureError, match=r"give pictures as \(height, width, 3\) uint8"):
            recognizer.process(Frame(picture, number / 10, number, "pictures"))
    assert recognizer.process(Frame(sample_pictures[0], 0.2, 2, "pictures")).region is not None
    recognizer.close()


SILENT = """if True:
    import sys
    from gesturelrcn.capture import open_source
    from gesturelrcn.model import assets
    from gesturelrcn.recognizer import Recognizer
    for live in (False, True):
        recognizer = Recognizer(locator=sys.argv[1], live=live)
        with open_source(assets() / "sample.mp4") as source:
            frames = [frame for frame in source if frame.index < 90]
        print(*{event.gesture for frame in frames for event in recognizer.process(frame)})
        recognizer.close()
    """


@pytest.mark.parametrize("locator", LOCATORS)
def test_no_library_writes_to_stderr(locator):
    done = subprocess.run(
        [sys.executable, "-c", SILENT, locator], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.startswith("point_right\n")
    assert done.stderr == ""


FORKED = """if True:
    import os, sys
    from gesturelrcn.capture import open_source
    from gesturelrcn.model import assets
    from gesturelrcn.recognizer import Recognizer
    with open_source(assets() / "sample.mp4") as source:
        frames = [frame for frame in source if frame.index < 90]
    def gestures(recognizer):
        return [event.gesture for frame in frames for event in recognizer.process(frame)]
    new = lambda: Recognizer(locator="people")
    recognizer = new()
    found = gestures(recognizer)
    recognizer.finish()
    child = os.fork()
    if child:
        print(os.waitpid(child, 0)[1], found[:1], gestures(recognizer) == found)
    else:
        print("the child", gestures(recognizer) == gestures(new()) == found, flush=True)
        os._exit(0)
    """


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_may_go_on_recognising():
    # OpenCV 5 keeps a thread, of which Python 3.12 and later warn whoever forks.
    done = subprocess.run(
        [sys.executable, "-W", "ignore:This process:DeprecationWarning", "-c", FORKED],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.splitlines() == ["the child True", "0 ['point_right'] True"]
    assert done.stderr == ""


def last_events(*films):
    """The events of the last of some films that one recogniser watches: gesture, phase, time, confidence."""
    follower = SteppedFollower(AskedOnce(Region(50.0, 50.0, 80.0, 1.0, 0.0)))
    recognizer = Recognizer(ScriptedEngine(), follower=follower)
    for film in films:
        events = play(recognizer, film) + recognizer.finish(film[-1].captured_at)
    return [(event.gesture, event.phase, event.captured_at, event.confidence) for event in events]


@pytest.mark.parametrize("break_off", [5, 20, 35])
@pytest.mark.parametrize("empty", [0, 12])
def test_a_second_recording_gives_the_events_that_it_gives_alone(break_off, empty):
    """Whether its clock lies behind that of the first or ahead, and whoever is there at its beginning."""
    film = [*frames(False, count=10), *frames(True, start=0.5), *frames(False, start=1.5)]
    first = film[:break_off]
    behind_the_first = first[-1].captured_at + 0.05 - film[empty].captured_at
    for source, ahead in (("test", 0.0), ("other", 0.0), ("other", behind_the_first)):
        second = [replace(f, source=source, captured_at=f.captured_at + ahead) for f in film[empty:]]
        assert last_events(first, second) == last_events(second)


def test_whoever_was_followed_in_one_recording_is_forgotten_in_the_next():
    """A chosen person stays chosen for two seconds: not on another clock."""
    locator = PersonLocator(find=lambda image: [Person(50.0, 40.0, 20.0, 0.9, 0.0)] if image.any() else [])
    follower = SteppedFollower(locator)
    recognizer = Recognizer(ScriptedEngine(), follower=follower)
    play(recognizer, frames(True))
    assert recognizer.view.region is not None
    empty = Frame(np.zeros((100, 100, 3), np.uint8), 1.0, 0, "other", 1.0)
    recognizer.process(empty)
    assert recognizer.view.region is None


@pytest.mark.parametrize("at", [math.nan, math.inf, None, "1"])
def test_a_time_that_is_no_number_is_one_sentence_and_harms_nothing(scripted, at):
    _, _, recognizer = scripted
    before = play(recognizer, frames(True))
    good = next(frames(True, start=1.0))
    for wrong in (replace(good, captured_at=at), *([] if at is None else [replace(good, media_time=at)])):
        with pytest.raises(CaptureError, match=r"of test was taken at .*; give seconds, as a number"):
            recognizer.process(wrong)
    with pytest.raises(CaptureError, match="is of type NoneType"):  # the end of a film in OpenCV
        recognizer.process(replace(good, image=None))
    assert [event.phase for event in before + play(recognizer, frames(True, start=1.0))].count("start") == 1
