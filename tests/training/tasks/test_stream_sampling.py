import itertools
from pathlib import Path

import numpy as np
import pytest

from gesturelrcn.model import KEYPOINTS
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.truth import Activity, TrueGesture
from gesturelrcn.training.data.clip_features import UNKNOWN_HAND, ClipFeatures
from gesturelrcn.training.tasks.stream_sampling import (
    ARMS,
    STROKE_STAYS,
    StreamMaker,
    frame_times,
    gesture_path,
    idle_path,
    mirror_image,
    other_body,
    other_hand,
    sample_clip,
    sample_stream,
    turn_about,
)

CLASSES = ("none", "point_left", "point_right", "wave")


def features(gesture, onset=0.8, subject="A", length=60):
    """Keypoint x of the first joint is the clip time, so that a stream can be read off."""
    times = (np.arange(length) / 20).astype(np.float32)
    keypoints = np.zeros((length, 13, 3), np.float32)
    keypoints[:, 0, 0] = times
    clip = Clip(Path("x"), "x", subject, gesture, 1.0, 20.0, onset if gesture != "none" else None)
    return ClipFeatures(clip, gesture, keypoints, times)


def test_a_gesture_is_entered_and_left_without_a_cut():
    rng = np.random.default_rng(3)
    for _ in range(50):
        path = gesture_path(2.9, 0.8, frame_times(rng), rng)
        speed = np.abs(np.diff(path.clip_times)) / path.dt[1:]
        assert speed.max() < 2.5  # the stream never jumps in the clip
        assert path.clip_times[-1] < 0.8
        assert path.degree[path.clip_times < 0.8].max() == 0.0
        assert path.degree[-1] == 0.0


def test_the_target_follows_the_gesture_on_the_way_in_and_falls_earlier_on_the_way_back():
    rng = np.random.default_rng(0)
    path = next(
        p for p in (gesture_path(2.9, 0.8, itertools.repeat(0.05), rng) for _ in range(50)) if p.degree.any()
    )
    peak = int(path.clip_times.argmax())
    rising = path.degree[:peak]
    assert (np.diff(rising) >= -1e-9).all()
    entered = path.clip_times[:peak][rising >= 1.0].min()
    left = path.clip_times[peak:][path.degree[peak:] >= 1.0].min()
    assert 0.8 < entered < 1.3 < left + 0.2
    assert left > entered


def test_some_gestures_are_given_up_and_those_are_none():
    rng = np.random.default_rng(1)
    paths = [gesture_path(2.9, 0.8, frame_times(rng), rng) for _ in range(200)]
    given_up = [p for p in paths if not p.degree.any()]
    assert 10 < len(given_up) < 50
    assert all(p.clip_times.max() < 0.8 + 0.5 for p in given_up)


def test_frame_times_cover_the_rates_that_the_card_promises():
    rng = np.random.default_rng(0)
    medians = [float(np.median(list(itertools.islice(frame_times(rng), 200)))) for _ in range(200)]
    assert 1 / max(medians) < 10
    assert 1 / min(medians) > 30


def test_frames_between_frames_are_interpolated():
    original = features("wave")
    rng = np.random.default_rng(0)
    path = gesture_path(2.9, 0.8, frame_times(rng), rng)
    chunk = sample_clip(original, path, CLASSES, first=True)
    inside = (path.clip_times > 0) & (path.clip_times < 2.9)
    assert chunk.keypoints[inside, 0, 0] == pytest.approx(path.clip_times[inside], abs=1e-5)
    assert chunk.target.sum(1) == pytest.approx(np.ones(len(path.dt)))
    assert chunk.target[:, CLASSES.index("wave")] == pytest.approx(path.degree, abs=1e-6)


def test_a_mirror_image_swaps_sides_and_names():
    original = features("point_left")
    original.keypoints[:, KEYPOINTS.index("left_wrist"), :2] = (0.9, 0.4)
    image = mirror_image(original)
    assert image.gesture == "point_right"
    assert image.keypoints[0, KEYPOINTS.index("right_wrist"), :2] == pytest.approx((0.1, 0.4))
    assert mirror_image(image).keypoints == pytest.approx(original.keypoints, abs=1e-6)


def test_arms_of_other_habits_keep_their_bones_and_everything_else_its_place():
    keypoints = np.random.default_rng(0).uniform(0.2, 0.8, (5, len(KEYPOINTS), 3)).astype(np.float32)
    bones = [("shoulder", "elbow"), ("elbow", "wrist"), ("wrist", "index_tip"), ("wrist", "pinky_tip")]
    bones = [(f"{side}_{a}", f"{side}_{b}") for side in ("left", "right") for a, b in bones]

    def lengths(of):
        at = {name: of[:, number, :2] for number, name in enumerate(KEYPOINTS)}
        return np.stack([np.linalg.norm(at[a] - at[b], axis=-1) for a, b in bones])

    turned = keypoints.copy()
    for shoulder, elbow, arm, hand in ARMS:
        turn_about(turned, shoulder, arm, 0.3)
        turn_about(turned, elbow, hand, -0.5)
    np.testing.assert_allclose(lengths(turned), lengths(keypoints), atol=1e-5)
    moved = np.abs(turned - keypoints)[..., :2].max((0, 2)) > 0.01
    still = {name for name, far in zip(KEYPOINTS, moved, strict=True) if not far}
    assert still == {"nose", "left_shoulder", "right_shoulder"}
    elbow = [KEYPOINTS.index(name) for name in ("left_shoulder", "left_elbow")]
    before, after = (k[:, elbow[1], :2] - k[:, elbow[0], :2] for k in (keypoints, turned))
    angles = np.arctan2(after[:, 1], after[:, 0]) - np.arctan2(before[:, 1], before[:, 0])
    np.testing.assert_allclose(np.angle(np.exp(1j * angles)), 0.3, atol=1e-4)


def test_another_body_moves_alike():
    original = features("wave")
    original.keypoints[:] = np.random.default_rng(0).uniform(0.2, 0.8, original.keypoints.shape)
    other = other_body(original.keypoints, np.random.default_rng(1))
    assert (other[..., 2] == original.keypoints[..., 2]).all()
    assert 0.005 < np.abs(other - original.keypoints)[..., :2].mean() < 0.1
    steps, other_steps = (np.diff(k[..., :2], axis=0).ravel() for k in (original.keypoints, other))
    assert np.corrcoef(steps, other_steps)[0, 1] > 0.9


def test_a_clip_without_a_gesture_is_none_throughout():
    rng = np.random.default_rng(0)
    chunk = sample_clip(features("none"), idle_path(2.9, frame_times(rng), rng), CLASSES, first=True)
    assert (chunk.target[:, 0] == 1).all()


def test_streams_stay_with_one_person_and_say_where_they_begin():
    clips = [features(g, subject=s) for s in "AB" for g in CLASSES]
    maker = StreamMaker(clips, CLASSES, 48, np.random.default_rng(0)).chunks()
    chunks = list(itertools.islice(maker, 300))
    assert chunks[0].first
    assert 15 < sum(chunk.first for chunk in chunks) < 150
    assert {len(chunk.dt) for chunk in chunks} == {48}
    named = np.concatenate([chunk.target for chunk in chunks]).mean(0)
    assert named[0] > 0.3
    assert named[1:].min() > 0.05


def test_streams_depend_on_the_seed_alone():
    clips = [features(g) for g in CLASSES]
    one, two = (next(StreamMaker(clips, CLASSES, 32, np.random.default_rng(5)).chunks()) for _ in range(2))
    assert (one.keypoints == two.keypoints).all()
    assert (one.dt == two.dt).all()


def whole_stream(gestures=(), untold=(), length=600, subject="A"):
    """Thirty seconds; keypoint x of the first joint is the time."""
    plain = features("none", subject=subject, length=length)
    hands = np.tile(UNKNOWN_HAND, (length, 1))
    return ClipFeatures(
        plain.clip,
        "none",
        plain.keypoints,
        plain.times,
        hands,
        gestures=tuple(gestures),
        untold=tuple(untold),
    )


STREAM_CLASSES = ("circle", "none", "swipe_left", "swipe_right")


def targets_of(stream, step=0.05):
    times = np.arange(0, stream.times[-1], step)
    chunk = sample_stream(stream, times, np.full(len(times), step), STREAM_CLASSES)
    assert chunk.target.sum(1) == pytest.approx(1.0)
    return times, chunk


def test_the_target_of_a_stroke_rises_while_it_is_made_and_stays_a_little():
    times, chunk = targets_of(whole_stream([TrueGesture("swipe_left", 3.0, 3.5, stroke_end=3.5)]))
    swipe = chunk.target[:, STREAM_CLASSES.index("swipe_left")]
    assert swipe[times <= 3.0].max() == 0.0
    assert swipe[(times >= 3.2) & (times <= 3.5 + STROKE_STAYS)].min() == pytest.approx(1.0)
    assert swipe[times > 3.5 + STROKE_STAYS + 0.15].max() == 0.0


def test_the_target_of_a_pose_ends_with_it():
    times, chunk = targets_of(whole_stream([TrueGesture("circle", 3.0, 5.0)]))
    circle = chunk.target[:, STREAM_CLASSES.index("circle")]
    assert circle[(times > 3.5) & (times < 5.0)].min() == pytest.approx(1.0)
    assert circle[times > 5.4].max() == 0.0


def test_what_nobody_can_name_is_not_told_and_what_is_no_class_is_none():
    stream = whole_stream([TrueGesture("flip_table", 3.0, 4.0)], [Activity("other:spin", 6.0, 7.0)])
    times, chunk = targets_of(stream)
    assert (chunk.target[:, STREAM_CLASSES.index("none")] == 1.0).all()
    assert not chunk.told[(times >= 6.0) & (times <= 7.0)].any()
    assert chunk.told[times < 6.0].all()


def test_a_mirror_turns_what_happens_in_a_stream():
    mirror = mirror_image(whole_stream([TrueGesture("swipe_left", 3.0, 3.5, stroke_end=3.5)]))
    assert [one.gesture for one in mirror.gestures] == ["swipe_right"]


def test_streams_are_played_as_they_are_beside_clips_of_other_people():
    swipe = TrueGesture("swipe_left", 3.0, 3.5, stroke_end=3.5)
    stream = whole_stream([swipe], subject="S")
    clips = [features("circle", subject="C"), features("none", subject="C")]
    maker = StreamMaker([stream, *clips], STREAM_CLASSES, 48, np.random.default_rng(0))
    told = [chunk.told is not None for chunk in itertools.islice(maker.chunks(), 200)]
    assert 0.2 < np.mean(told) < 0.9
    alone = StreamMaker([stream], STREAM_CLASSES, 48, np.random.default_rng(0)).chunks()
    for chunk in itertools.islice(alone, 50):
        inside = np.diff(chunk.keypoints[:, 0, 0])
        assert chunk.hands.shape == (48, len(UNKNOWN_HAND))
        assert np.isfinite(inside).all()


def test_hands_are_lent_to_those_in_whom_nobody_looked_at_hands():
    rng = np.random.default_rng(0)
    lent = rng.normal(0, 0.2, (30, len(UNKNOWN_HAND))).astype(np.float32)
    lent[:, -2], lent[:, -1] = 0.9, 1.0
    stream = whole_stream()
    chunks = list(
        itertools.islice(StreamMaker([stream], STREAM_CLASSES, 48, rng, hands=[lent]).chunks(), 200)
    )
    unknown = [(chunk.hands == UNKNOWN_HAND).all() for chunk in chunks]
    assert 0.15 < np.mean(unknown) < 0.7
    without = StreamMaker([stream], STREAM_CLASSES, 48, np.random.default_rng(0)).chunks()
    assert all((chunk.hands == UNKNOWN_HAND).all() for chunk in itertools.islice(without, 20))


def test_hands_are_forgotten_as_often_as_is_said():
    seen = np.full((4, len(UNKNOWN_HAND)), 0.3, np.float32)
    seen[:, -2], seen[:, -1] = 0.9, 1.0
    rng = np.random.default_rng(0)
    forgotten = [(other_hand(seen, rng, unseen=0.25) == UNKNOWN_HAND).all() for _ in range(400)]
    assert 0.18 < np.mean(forgotten) < 0.32
    assert not any((other_hand(seen, rng) == UNKNOWN_HAND).all() for _ in range(100))
