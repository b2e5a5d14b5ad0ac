"""One small moving picture of each gesture: the right movement, from rest to rest, the same bytes again."""

import numpy as np
import pytest
from PIL import Image

from gesturelrcn.synthesis.dataset import gesture_pictures
from gesturelrcn.synthesis.dataset.gesture_pictures import (
    FPS,
    HEIGHT,
    SHOWN,
    WIDTH,
    performed,
    write_pictures,
)
from gesturelrcn.synthesis.motion.shipped import GESTURES as PERFORMED
from gesturelrcn.synthesis.motion.shipped import HANGING, MOVEMENTS
from gesturelrcn.vocabulary import GESTURES


def test_every_gesture_of_the_vocabulary_is_shown_by_one_of_its_own_movements():
    assert set(SHOWN) == set(GESTURES) == set(PERFORMED)
    for name, shown in SHOWN.items():
        assert shown.movement in PERFORMED[name][shown.hand], name


@pytest.mark.parametrize("name", SHOWN)
def test_a_picture_shows_the_whole_gesture_from_rest_to_rest(name):
    timeline = performed(name)
    (done,) = timeline.performed
    at_work = timeline.pose(done.stroke_end)

    assert done.gesture == name
    assert done.hand == ("both" if MOVEMENTS[done.movement].both else SHOWN[name].hand)
    for time in (0.0, timeline.length):
        pose = timeline.pose(time)
        for arm in (pose.left, pose.right):
            assert np.allclose(arm.wrist, HANGING.wrist, atol=1e-6)
    acting = [at_work.left, at_work.right] if done.hand == "both" else [getattr(at_work, done.hand)]
    assert all(np.linalg.norm(arm.wrist - HANGING.wrist) > 0.3 for arm in acting)
    assert 2.0 < timeline.length < 5.5


def test_the_same_bytes_again_and_they_play_for_ever(tmp_path, renderer):
    first, again = (write_pictures(tmp_path / folder, ["shrug"])[0] for folder in ("first", "again"))

    assert first.read_bytes() == again.read_bytes()
    with Image.open(first) as film:
        assert (film.format, film.size, film.info["loop"]) == ("WEBP", (WIDTH, HEIGHT), 0)
        assert film.n_frames > 1.5 * FPS
    assert [path.name for path in first.parent.iterdir()] == ["shrug.webp"]


def test_only_some_gestures_are_drawn(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(gesture_pictures, "write_pictures", lambda out, names: asked.append((out, names)))

    assert gesture_pictures.main([str(tmp_path), "--only", "wave", "stop"]) == 0

    assert asked == [(tmp_path, ["wave", "stop"])]


def test_a_gesture_without_a_picture_is_one_sentence_and_exit_code_2(tmp_path, capsys):
    assert gesture_pictures.main([str(tmp_path), "--only", "wave", "yawn"]) == 2
    error = capsys.readouterr().err
    assert "There is no picture of 'yawn'" in error
    assert error.count("\n") == 1


def test_a_folder_that_cannot_be_made_is_one_sentence_and_exit_code_2(tmp_path, capsys, renderer):
    (tmp_path / "file").write_text("")

    assert gesture_pictures.main([str(tmp_path / "file" / "pictures")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
