"""Stitched streams, on clips whose every picture carries its number."""

import itertools

import numpy as np
import pytest

from gesturelrcn.evaluation import read_listing
from gesturelrcn.evaluation.plans import plan_streams, single_clips
from gesturelrcn.evaluation.playback import HEAD_MARGIN
from gesturelrcn.evaluation.stitching import PAUSE, StreamTruth
from tests.capture.clips import write_clip
from tests.evaluation.films import FPS, folder_of, write_film, write_pictures
from tests.mjpeg_server import read_number
from tests.recordings.uneven import TIMES, write_uneven


def played(plan):
    truth = StreamTruth()
    return list(plan.play(truth)), truth


def test_pause_forward_and_back_without_a_jump(tmp_path):
    (plan,) = plan_streams(folder_of(tmp_path, [("A", "raise_hand", 1, 1.0)]))
    frames, _ = played(plan)
    order = [one.index for one in frames]
    forward = [one.index for one in frames if one.forward]
    pause = order[: order.index(max(order)) - len(forward) + 1]
    back = order[order.index(max(order)) + 1 :]

    assert forward == list(range(30))
    assert PAUSE[0] <= len(pause) / FPS <= PAUSE[1] + 2 * (1.0 - HEAD_MARGIN)
    assert set(pause) == set(range(round((1.0 - HEAD_MARGIN) * FPS) + 1))
    assert back == list(range(back[0], -1, -1))
    assert 1.3 <= back[0] / FPS <= 2.5
    joins = [len(pause) + len(forward)]
    assert all(
        abs(a - b) == 1
        for place, (a, b) in enumerate(itertools.pairwise(order), start=1)
        if place not in joins
    )
    assert [read_number(one.frame.image) for one in frames] == order
    np.testing.assert_allclose(np.diff([one.frame.captured_at for one in frames]), 1 / FPS, atol=2e-3)
    assert [one.frame.index for one in frames] == list(range(len(frames)))


def test_truth_lies_where_the_clip_was_played_forward(tmp_path):
    (plan,) = plan_streams(folder_of(tmp_path, [("A", "wave", 1, 1.0, 1.5), ("A", "stop", 1, 0.6)]))
    frames, truth = played(plan)

    assert {made.gesture for made in truth.gestures} == {"wave", "stop"}
    for made, place in zip(truth.gestures, truth.places, strict=True):
        shown = [one for one in frames if one.clip == place.clip.name and one.forward]
        assert (place.start, place.end) == (shown[0].frame.captured_at, shown[-1].frame.captured_at)
        assert made.onset == pytest.approx(place.start + place.clip.onset)
        assert made.offset == place.end
        assert made.timed
    wave = next(made for made in truth.gestures if made.gesture == "wave")
    assert wave.stroke_end - wave.onset == pytest.approx(0.5)
    assert truth.seconds == frames[-1].frame.captured_at
    assert truth.recorded == pytest.approx(2 * 2.9)
    names = {stretch.activity for stretch in truth.activities}
    assert names == {"idle", "return_stroke"}


def test_a_stroke_is_not_played_backwards(tmp_path):
    (plan,) = plan_streams(folder_of(tmp_path, [("A", "swipe_left", 1, 1.0)]))
    order = [one.index for one in played(plan)[0]]
    back = order[order.index(29) + 1 :]

    assert back == list(range(back[0], -1, -1))
    assert back[0] <= (1.0 - HEAD_MARGIN) * FPS


@pytest.mark.parametrize("onset", ["1.0", ""])
def test_a_clip_that_has_come_to_rest_does_not_show_its_gesture_again(tmp_path, onset):
    rest, held = np.full((60, 80, 3), 60, np.uint8), np.full((60, 80, 3), 60, np.uint8)
    held[10:30, 50:60] = 220
    write_pictures(tmp_path / "a.avi", [rest] * 10 + [held] * 10 + [rest] * 8, 10)
    (tmp_path / "index.csv").write_text("path,subject,gesture,onset_s\na.avi,A,raise_hand," + onset + "\n")
    (plan,) = plan_streams(read_listing(tmp_path))
    order = [one.index for one in played(plan)[0]]

    assert order[order.index(27) + 1] <= 8
    assert order[-1] == 0


def test_clips_without_a_gesture_go_there_and_back(tmp_path):
    (plan,) = plan_streams(folder_of(tmp_path, [("A", "none", 1, "")] * 2, count=12))
    frames, truth = played(plan)

    assert [one.index for one in frames] == [*range(12), *range(10, -1, -1)] * 2
    assert not truth.gestures
    assert truth.seconds == pytest.approx(4.5, abs=0.01)
    assert truth.recorded == pytest.approx(2.2, abs=0.01)


def test_what_is_done_in_clips_without_a_gesture_is_told(tmp_path):
    rows = [("A", "none", 1, "", "", "", "drinking"), ("A", "none", 1, "")]
    (plan,) = plan_streams(folder_of(tmp_path, rows, count=12))
    _, truth = played(plan)

    (drinking,) = truth.activities
    assert drinking.activity == "drinking"
    assert drinking.end - drinking.start == pytest.approx(truth.seconds / 2, abs=0.2)


def test_a_clip_that_returns_by_itself_is_played_forward_only(tmp_path):
    (plan,) = plan_streams(folder_of(tmp_path, [("A", "wave", 1, 1.0, 1.3, 2.0)]))
    frames, truth = played(plan)

    assert frames[-1].forward
    assert truth.gestures[0].offset - truth.gestures[0].onset == pytest.approx(1.0)


def test_an_onset_that_nobody_has_said(tmp_path):
    (plan,) = plan_streams(folder_of(tmp_path, [("A", "wave", 1, "")]))
    frames, truth = played(plan)
    (made,) = truth.gestures

    assert (made.onset, made.timed) == (0.0, False)
    assert {
        one.index for one in frames if not one.forward and one.frame.captured_at < truth.places[0].start
    } == {0}


def test_a_clip_that_ends_before_its_gesture_is_named(tmp_path):
    (plan,) = plan_streams(folder_of(tmp_path, [("A", "wave", 1, 5.0), ("A", "stop", 1, 1.0)]))
    _, truth = played(plan)

    assert [made.gesture for made in truth.gestures] == ["stop"]
    assert [(item.name, "before its gesture" in item.reason) for item in truth.skipped] == [("c0.avi", True)]


def test_a_single_picture_and_a_long_clip(tmp_path):
    found = folder_of(tmp_path / "one", [("A", "wave", 1, 0.0)], count=1)
    frames, _ = played(plan_streams(found)[0])
    assert {one.index for one in frames} == {0}

    (plan,) = plan_streams(folder_of(tmp_path / "long", [("A", "none", 1, "")], count=150))
    frames, _ = played(plan)
    forward = [one.index for one in frames if one.forward]
    assert forward == list(range(150))
    assert all(one.index <= 60 for one in frames if not one.forward)
    assert np.all(np.diff([one.frame.captured_at for one in frames]) > 0)


@pytest.mark.parametrize("suffix", [".avi", ".mp4", ".gif"])
def test_other_frame_rates_sizes_and_containers(tmp_path, suffix):
    tmp_path.joinpath("wave").mkdir()
    images = [np.full((90, 160, 3), 8 * number, np.uint8) for number in range(25)]
    if suffix == ".mp4":
        write_clip(tmp_path / "wave/x.mp4", count=25, fps=25)
    else:
        write_pictures(tmp_path / f"wave/x{suffix}", images, 25.0)
    (plan,) = plan_streams(read_listing(tmp_path))
    frames, _ = played(plan)
    times = [one.frame.captured_at for one in frames if one.forward]

    assert len(times) == 25
    assert times[-1] - times[0] == pytest.approx(24 / 25, abs=0.03)


def test_longer_streams_repeat_clips_in_another_order(tmp_path):
    found = folder_of(tmp_path, [("A", "wave", 1, 1.0), ("A", "stop", 1, 1.0), ("A", "shrug", 1, 1.0)])
    (plan,) = plan_streams(found, minutes=0.5)
    _, truth = played(plan)

    assert truth.seconds >= 30
    assert truth.places[-1].start < 30 + PAUSE[1], "it goes on after it was long enough"
    assert truth.recorded == pytest.approx(3 * 2.9)
    rounds = [{place.clip for place in truth.places[i : i + 3]} for i in range(0, len(truth.places), 3)]
    assert len(rounds) >= 2
    assert all(len(played) == 3 for played in rounds[:-1])


def test_short_clips_without_a_gesture_make_streams_as_long(tmp_path):
    (plan,) = plan_streams(folder_of(tmp_path, [("A", "none", 1, "")] * 2, count=12), minutes=0.5)
    _, truth = played(plan)
    assert 30 <= truth.seconds < 30 + 2 * 1.2


def test_streams_that_nothing_can_be_played_for_come_to_an_end(tmp_path):
    (plan,) = plan_streams(folder_of(tmp_path, [("A", "none", 1, "")] * 2), minutes=0.5)
    for path in tmp_path.glob("*.avi"):
        path.write_bytes(b"RIFF no video")
    frames, truth = played(plan)
    assert (frames, truth.seconds) == ([], 0.0)
    assert {item.name for item in truth.skipped} == {"c0.avi", "c1.avi"}


def test_longer_streams_play_each_clip_once_even_if_fewer_were_long_enough(tmp_path):
    found = folder_of(tmp_path, [("A", "wave", 1, 1.0), ("A", "stop", 1, 1.0), ("A", "shrug", 1, 1.0)])
    (plan,) = plan_streams(found, minutes=0.1)
    _, truth = played(plan)

    assert sorted(place.clip.name for place in truth.places) == ["c0.avi", "c1.avi", "c2.avi"]


def test_large_pictures_are_made_smaller(tmp_path):
    write_pictures(tmp_path / "wave" / "x.avi", [np.zeros((1200, 2400, 3), np.uint8)] * 2, 10)
    frames, _ = played(plan_streams(read_listing(tmp_path))[0])
    assert {one.frame.image.shape for one in frames} == {(960, 1920, 3)}


def test_films_are_played_as_they_are(tmp_path):
    write_film(tmp_path / "f.mp4", [{"gesture": "wave", "onset_s": 0.5, "offset_s": 1.0}], count=20)
    (plan,) = plan_streams(read_listing(tmp_path))
    frames, truth = played(plan)

    assert [read_number(one.frame.image) for one in frames] == list(range(20))
    assert (truth.gestures[0].onset, truth.seconds) == (0.5, pytest.approx(1.9))


def test_single_clips_are_played_as_recorded(tmp_path):
    (plan,) = single_clips(folder_of(tmp_path, [("A", "wave", 1, 1.0)]))
    frames, truth = played(plan)

    assert plan.name == "c0.avi"
    assert [one.index for one in frames] == list(range(30))
    assert (truth.gestures[0].onset, truth.gestures[0].offset) == (pytest.approx(1.0), pytest.approx(2.9))


def test_clips_and_films_are_played_at_their_own_times(tmp_path):
    write_uneven(tmp_path / "clip.mp4")
    write_uneven(tmp_path / "film.mp4")
    (tmp_path / "film.jsonl").write_text('{"gesture": "wave", "onset_s": 0.7, "offset_s": 1.8}\n')
    (tmp_path / "index.csv").write_text("path,subject,gesture,onset_s\nclip.mp4,A,raise_hand,0.7\n")
    listing = read_listing(tmp_path)
    film = plan_streams(listing)[-1]
    assert [one.frame.captured_at for one in played(film)[0]] == pytest.approx(TIMES, abs=1e-4)
    (alone,) = single_clips(listing)
    assert [one.frame.captured_at for one in played(alone)[0]] == pytest.approx(TIMES, abs=1e-4)
