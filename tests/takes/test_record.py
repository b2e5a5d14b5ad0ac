"""Takes of films that are there: against the truth of the sample, and what is no take."""

import itertools
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from gesturelrcn.capture import Frame, open_source
from gesturelrcn.errors import CaptureError
from gesturelrcn.model import assets
from gesturelrcn.recordings.film_truth import read_outline
from gesturelrcn.recordings.frames import frames_of
from gesturelrcn.system.opencv import cv2
from gesturelrcn.takes import Progress, StoredTake, TakeError, TakeFolder, TakeRecorder, record
from gesturelrcn.takes.cutting import Candidate
from tests.takes.made import write_film

SAMPLE = assets() / "sample.mp4"


@dataclass
class Told:
    all: list[Progress] = field(default_factory=list)

    def __call__(self, progress: Progress) -> None:
        self.all.append(progress)

    def texts(self, step: str) -> list[str]:
        return [progress.text for progress in self.all if progress.step == step]


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    """The first nine seconds: rest, a stroke, rest, and the next stroke up to where it is held."""
    with open_source(SAMPLE) as sample:
        return list(itertools.islice(sample, 182))


@pytest.fixture(scope="module")
def cut() -> list[Candidate]:
    """What was cut of the sample, as a judge gets it."""
    return []


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, cut: list[Candidate]) -> list[StoredTake]:
    judge = lambda candidate: cut.append(candidate) or True  # noqa: E731
    return record("Wave", 99, SAMPLE, folder=tmp_path_factory.mktemp("takes"), judge=judge)


def test_every_gesture_of_the_sample_is_cut_where_it_was_made(
    kept: list[StoredTake], cut: list[Candidate]
) -> None:
    truth = read_outline(SAMPLE.with_suffix(".jsonl")).gestures
    assert len(kept) == len(truth) == 5
    for stored, candidate, gesture in zip(kept, cut, truth, strict=True):
        take, begin = stored.take, candidate.sights[0].at
        assert take.gesture == "wave"
        assert take.hand == gesture.hand
        assert None not in (take.onset, take.stroke_end, take.offset, take.rested)
        assert take.onset == pytest.approx(0.6, abs=0.06)
        # Joints tell where a movement begins and ends to a tenth of a second or two.
        assert begin + take.onset == pytest.approx(gesture.onset, abs=0.15)
        assert begin + take.stroke_end == pytest.approx(gesture.stroke_end, abs=0.2)
        assert begin + take.offset == pytest.approx(gesture.offset, abs=0.25)
        assert 1.5 < take.reach < 5


def test_the_film_shows_the_frames_in_which_it_was_seen(
    kept: list[StoredTake], cut: list[Candidate], frames: list[Frame]
) -> None:
    first = kept[0]
    assert first.film is not None
    film = list(frames_of(first.film))
    assert [frame.captured_at for frame in film] == pytest.approx(list(first.take.times), abs=0.01)
    number = round(cut[0].sights[0].at * 20)
    assert np.abs(film[0].image.astype(int) - frames[number].image).mean() < 4
    assert np.abs(film[20].image.astype(int) - frames[number + 20].image).mean() < 4
    assert np.abs(film[20].image.astype(int) - frames[number].image).mean() > 4, "the arm is elsewhere"


def test_evaluation_of_the_film_sees_what_the_take_says(kept: list[StoredTake]) -> None:
    """Looked at again, the film gives the joints that were kept: what is learnt from either is the same."""
    from gesturelrcn import Recognizer

    first = kept[0]
    assert first.film is not None
    recognizer = Recognizer()
    joints = [
        recognizer.card.in_body(observation.keypoints)
        for frame in frames_of(first.film)
        if (observation := recognizer.process(frame)).keypoints is not None
    ]
    recognizer.close()
    assert len(joints) == len(first.take.times)
    assert np.abs(np.stack(joints)[..., :2] - first.take.keypoints[..., :2]).mean() < 0.02


def test_without_pictures_the_numbers_are_the_same(kept: list[StoredTake], tmp_path: Path) -> None:
    [bare] = record("wave", 1, SAMPLE, folder=tmp_path, pictures=False)
    assert bare.film is None
    assert not list(tmp_path.rglob("*.mp4"))
    for name in ("times", "dt", "keypoints", "hands"):
        np.testing.assert_array_equal(getattr(bare.take, name), getattr(kept[0].take, name))
    assert bare.take.hands is not None
    assert bare.take.hands[:, -2].max() > 0.9, "a hand was seen"
    assert (bare.take.dt > 0).all()
    assert bare.take.weights


def test_a_clip_that_ends_in_the_gesture(frames: list[Frame], tmp_path: Path) -> None:
    film = write_film(tmp_path / "held.avi", frames[140:])
    told = Told()
    [stored] = TakeRecorder(TakeFolder(tmp_path / "takes"), tell=told).take_over("stop", [film])
    assert stored.take.offset is None
    assert told.texts("question")[0].endswith("held to the end.")


def test_a_judge_may_throw_takes_away(tmp_path: Path) -> None:
    answers = iter([None, False, None, True])
    told = Told()
    [stored] = record("wave", 1, SAMPLE, folder=tmp_path, judge=lambda _: next(answers), progress=told)
    assert told.texts("redo") == ["Thrown away."]
    assert [each.path for each in TakeFolder(tmp_path).takes()] == [stored.path]


def two_of(frame: Frame) -> np.ndarray:
    small = cv2.resize(frame.image[:, 160:480], None, fx=0.65, fy=0.65, interpolation=cv2.INTER_AREA)
    wall = np.full((480, 320, 3), (120, 125, 130), np.uint8)
    high, wide = small.shape[:2]
    wall[470 - high : 470, 160 - wide // 2 : 160 - wide // 2 + wide] = small
    return np.concatenate([wall, wall], axis=1)


def refused(frames: list[np.ndarray] | list[Frame], folder: Path) -> str:
    film = write_film(folder / "film.avi", frames)
    with pytest.raises(TakeError) as caught:
        TakeRecorder(TakeFolder(folder / "takes")).take_over("wave", [film])
    assert TakeFolder(folder / "takes").takes() == []
    return str(caught.value)


def test_nothing_moves(frames: list[Frame], tmp_path: Path) -> None:
    sentence = refused(frames[:50], tmp_path)
    assert sentence.startswith("There is no take of wave: ")
    assert sentence.endswith("film.avi: nothing moves in it, it is all rest.")


def test_nobody_is_there(tmp_path: Path) -> None:
    wall = np.full((240, 320, 3), 120, np.uint8)
    assert refused([wall] * 40, tmp_path).endswith("film.avi: nobody is seen in it.")


def test_two_people(frames: list[Frame], tmp_path: Path) -> None:
    sentence = refused([two_of(frame) for frame in frames[30:125]], tmp_path)
    assert "two people are in the picture; let only one be seen" in sentence


def test_one_bad_film_among_others_is_named_and_left_out(frames: list[Frame], tmp_path: Path) -> None:
    good = write_film(tmp_path / "good.avi", frames[20:125])
    (tmp_path / "empty.avi").touch()
    still = write_film(tmp_path / "still.avi", frames[:30])
    told = Told()
    recorder = TakeRecorder(TakeFolder(tmp_path / "takes"), tell=told)
    films = [tmp_path / "empty.avi", still, tmp_path / "missing.avi", good]
    assert len(recorder.take_over("wave", films)) == 1
    assert [
        name for text in told.texts("refused") for name in ("empty", "still", "missing") if name in text
    ] == [*("empty", "still", "missing")]
    with pytest.raises(CaptureError, match=r"There is no file or folder .*missing.avi"):
        recorder.take_over("wave", [tmp_path / "missing.avi"])
    with pytest.raises(TakeError, match="none of 3; each is named above"):
        recorder.take_over("wave", films[:3])


def test_a_film_without_a_gesture(frames: list[Frame], tmp_path: Path) -> None:
    film = write_film(tmp_path / "desk.avi", frames)
    told = Told()
    [stored] = TakeRecorder(TakeFolder(tmp_path / "takes"), tell=told).take_over("none", [film])
    take = stored.take
    assert (take.gesture, take.activity, take.onset, take.hand) == ("none", "idle", None, None)
    assert take.seconds == pytest.approx(9.0, abs=0.3)
    assert stored.film is not None
    assert len(list(frames_of(stored.film))) == len(take.times)
    assert told.texts("idle")[0].endswith("without a gesture.")


def test_a_long_stretch_is_kept_in_pieces(
    frames: list[Frame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gesturelrcn.takes.idle.PIECE", 3.0)
    film = write_film(tmp_path / "desk.avi", frames)
    kept = TakeRecorder(TakeFolder(tmp_path / "takes")).take_over("none", [film])
    assert [stored.take.seconds for stored in kept] == pytest.approx([2.95, 2.95, 2.95, 0.05], abs=0.1)
    assert sum(len(stored.take.times) for stored in kept) == len(frames)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda recorder: recorder.record("wave", SAMPLE, 0), "0 takes cannot be made"),
        (lambda recorder: recorder.record("wave", SAMPLE, 1001), "1001 takes cannot be made"),
        (lambda recorder: recorder.record("none", SAMPLE), "record it with --idle 3m"),
        (lambda recorder: recorder.record("w/v", SAMPLE), "no name for a gesture"),
        (lambda recorder: recorder.take_over("wave", []), "There is no film"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_made(tmp_path: Path, call, sentence: str) -> None:
    with pytest.raises(TakeError, match=sentence):
        call(TakeRecorder(TakeFolder(tmp_path / "takes")))
    assert not (tmp_path / "takes").exists()
