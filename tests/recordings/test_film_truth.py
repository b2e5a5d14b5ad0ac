"""What is written about a film comes back, and what is broken is said in one sentence."""

import json

import numpy as np
import pytest

from gesturelrcn.keypoints import KEYPOINTS
from gesturelrcn.recordings.film_truth import (
    FilmFacts,
    FilmTruthError,
    Truth,
    read_film_facts,
    read_outline,
    read_truth,
)
from gesturelrcn.recordings.truth import Activity, TrueGesture

FRAMES = 3


@pytest.fixture
def truth():
    rng = np.random.default_rng(0)
    keypoints = rng.uniform(0, 1, (FRAMES, len(KEYPOINTS), 3)).astype(np.float32)
    keypoints[..., 2] = keypoints[..., 2] > 0.5
    return Truth(
        FilmFacts("a.mp4", "P0-0001", 10, FRAMES, 64, "seated", 1.25, "upper"),
        [
            TrueGesture("wave", 0.05, 0.2, 0.1, 0.25, "left"),
            TrueGesture("shrug", 0.26, 0.28, 0.27, 0.3, "both"),
        ],
        [Activity("idle", 0.0, 0.05), Activity("typing", 0.25, 0.26)],
        np.arange(FRAMES) / 10,
        keypoints,
    )


@pytest.fixture
def path(truth, tmp_path):
    written = tmp_path / "a.jsonl"
    written.write_text("".join(f"{line}\n" for line in truth.lines()))
    return written


def test_it_comes_back(truth, path):
    back = read_truth(path)

    assert (back.film, back.gestures, back.activities) == (truth.film, truth.gestures, truth.activities)
    assert back.times == pytest.approx(truth.times)
    assert (back.keypoints.dtype, back.keypoints.shape) == (np.float32, truth.keypoints.shape)
    assert np.abs(back.keypoints - truth.keypoints).max() < 1e-4
    assert read_film_facts(path) == (truth.film, truth.gestures)


def test_gesture_at(truth):
    assert [truth.gesture_at(at) for at in (0.0, 0.05, 0.2, 0.24, 0.27)] == [
        *("none", "wave", "wave", "none", "shrug")
    ]


def test_every_line_is_json_that_says_what_it_is(path):
    rows = [json.loads(line) for line in path.read_text().splitlines()]

    kinds = [next(iter(row)) for row in rows]
    assert kinds == ["truth", "gesture", "gesture", "activity", "activity", *["t"] * FRAMES]
    assert tuple(rows[0]["keypoints"]) == KEYPOINTS
    assert set(rows[1]) == {"gesture", "onset_s", "stroke_end_s", "offset_s", "rested_s", "hand"}


def test_a_file_that_broke_off_is_not_taken_for_whole(path):
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]))

    with pytest.raises(FilmTruthError, match=r"a\.jsonl tells of 2 frames and not of 3"):
        read_truth(path)


@pytest.mark.parametrize(
    ("line", "instead"),
    [(1, "{}"), (1, '{"truth": 99, "keypoints": []}'), (2, '{"gesture": "wave"}'), (6, '{"t": 1')],
)
def test_a_broken_line_is_named(path, line, instead):
    lines = path.read_text().splitlines()
    lines[line - 1] = instead
    path.write_text("\n".join(lines))

    with pytest.raises(FilmTruthError, match=rf"a\.jsonl:{line}: "):
        read_truth(path)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00"])
def test_no_truth_at_all(tmp_path, content):
    path = tmp_path / "b.jsonl"
    if content is not None:
        path.write_bytes(content)

    for read in (read_truth, read_film_facts):
        with pytest.raises(FilmTruthError, match=r"b\.jsonl"):
            read(path)


def test_the_outline_of_what_a_program_wrote(truth, path):
    facts, gestures, activities = read_outline(path)
    assert {name: facts[name] for name in vars(truth.film)} == vars(truth.film)
    assert (gestures, activities) == (truth.gestures, truth.activities)


def test_the_outline_of_what_was_written_by_hand(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        '\ufeff{"gesture": "Raise-Hand", "onset_s": 5, "offset_s": 6, "timed": false}\n\n'
        '{"gesture": "none", "onset_s": 3, "offset_s": 4}\n{"gesture": "wave", "onset_s": 1, "offset_s": 2}\n'
        '{"subject": "Ann"}\n{"distance_m": 2}\n'
    )
    facts, gestures, activities = read_outline(path)
    assert facts == {"subject": "Ann", "distance_m": 2}
    assert [(g.gesture, g.onset, g.timed) for g in gestures] == [
        ("wave", 1.0, True),
        ("raise_hand", 5.0, False),
    ]
    assert np.isnan([gestures[0].stroke_end, gestures[0].rested]).all()
    assert activities == []
    for read in (read_truth, read_film_facts):  # no program writes so
        with pytest.raises(FilmTruthError):
            read(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, r"a\.jsonl:0 is no truth about a film \(FileNotFoundError"),
        ("", r"a\.jsonl says nothing"),
        ('{"t":0}\n', r"a\.jsonl says nothing"),
        (
            '{"subject": "A"}\n{"gesture": "wave"}\n',
            r"a\.jsonl:2 is no truth about a film \(KeyError\('onset_s'",
        ),
        ('{"gesture": "wave", "onset_s": 2, "offset_s": 1}\n', r"a\.jsonl:1 .*onset_s 2.0 and offset_s 1.0"),
        ("[" * 100_000, r"a\.jsonl:1 is no truth about a film \(RecursionError"),
        ("3\n", r"a\.jsonl:1 is no truth about a film \(TypeError"),
    ],
)
def test_no_outline_is_one_sentence(tmp_path, content, said):
    path = tmp_path / "a.jsonl"
    if content is not None:
        path.write_text(content)
    with pytest.raises(FilmTruthError, match=said):
        read_outline(path)


def test_facts_and_gestures_are_read_without_the_frames(truth, path):
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:4]) + "torn off")
    assert read_film_facts(path) == (truth.film, truth.gestures)
    with pytest.raises(FilmTruthError, match=r"a\.jsonl:5: JSONDecodeError.*: this is no truth about a film"):
        read_truth(path)
