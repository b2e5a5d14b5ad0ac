import numpy as np
import pytest

from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.motion.shipped import SHIPPED, SHIPPED_FILE
from gesturelrcn.synthesis.motion.timeline import MotionTimeline
from gesturelrcn.synthesis.motion.vocabulary_file import load_vocabulary
from gesturelrcn.synthesis.pose import HAND_SHAPES

SALUTE = """\
[[gesture]]
name = "salute_left"
mirror = "salute_right"

[hand_shape.saluting]
index = 0.0
thumb_across = 0.9

[[movement]]
name = "salute"
gesture = "salute_left"
tempo = [0.9, 1.4]
back = [0.4, 0.6]
[[movement.key]]
wrist = [0.05, 0.42, 0.30]
fingers = [-0.8, 0.5, 0]
palm = [0, -0.6, 0.6]
shape = ["saluting", "flat"]
move = [0.3, 0.5]
hold = [0.8, 1.2]
head = [0, 10, 0]
other = { at = "hanging" }
[movement.swing]
wrist = [0, 0.01, 0]
tilt = 3
hertz = [1, 2]
"""


def written(tmp_path, text):
    path = tmp_path / "gestures.toml"
    path.write_text(text, encoding="utf-8")
    return path


def line_of(text, part):
    return text[: text.index(part)].count("\n") + 1


def test_a_gesture_of_one_s_own_can_be_performed(tmp_path):
    vocabulary = load_vocabulary(written(tmp_path, SALUTE), SHIPPED)
    timeline = MotionTimeline(np.random.default_rng(0), "hanging", 0.0, vocabulary=vocabulary)
    done = timeline.perform("salute_right", "right")
    timeline.everyday(20.0)

    assert set(vocabulary.gestures) == {"salute_left", "salute_right", "none"}
    assert vocabulary.negatives == SHIPPED.negatives
    assert (done.gesture, done.hand, done.movement) == ("salute_right", "right", "salute")
    pose = timeline.pose((done.stroke_end + done.offset) / 2)
    assert pose.right.wrist[1] > 0.3
    # The right arm does the mirror picture, so the head turns to the right.
    assert pose.trunk.head[1] < -0.1
    key = vocabulary.movements["salute"].keys[0]
    assert key.shapes[0][5] == 0.9
    assert np.array_equal(key.shapes[1], HAND_SHAPES["flat"])


def test_the_shipped_file_stands_alone():
    again = load_vocabulary(SHIPPED_FILE)

    assert set(again.movements) == set(SHIPPED.movements)
    assert set(again.rests) == {"hanging", "lap", "desk"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"flat"]', '"fist", "fits"]', "unknown hand shape 'fits': did you mean 'fist'?"),
        (
            'gesture = "salute_left"',
            'gesture = "thumb_up"',
            "unknown gesture 'thumb_up': did you mean 'thumbs_up'?",
        ),
        ("head = [0, 10, 0]", "haed = [0, 10, 0]", "unknown bone 'haed': did you mean 'head'?"),
        ("head = [0, 10, 0]", "spin = [0, 10, 0]", "unknown bone 'spin': did you mean 'spine'?"),
        (
            "thumb_across = 0.9",
            "thumb_acros = 0.9",
            "unknown joint 'thumb_acros': did you mean 'thumb_across'?",
        ),
        ("move = [0.3", "mvoe = [0.3", "unknown field 'mvoe': did you mean 'move'?"),
        ("tempo = ", "temp = ", "unknown field 'temp': did you mean 'tempo'?"),
        ("tilt = 3", "tlit = 3", "unknown field 'tlit': did you mean 'tilt'?"),
        ("tilt = 3", 'tilt = "3"', "'tilt' is a number, not '3'"),
        ("tilt = 3", "tilt = " + "9" * 400, "'tilt' is a number, not 999"),
        ("tilt = 3", "tilt = true", "'tilt' is a number, not true"),
        ("[[gesture]]", "[[gestures]]", "unknown table 'gestures': did you mean 'gesture'?"),
        ('other = { at = "hanging" }', 'other = { at = "hangin" }', "unknown posture 'hangin': did you mean"),
        ('other = { at = "hanging" }', 'other = "hanging"', "'other' is a table of fields, not 'hanging'"),
        (
            "wrist = [0.05, 0.42, 0.30]",
            "wrist = [0.05, 0.42]",
            "'wrist' is three numbers [outwards, up, forward]",
        ),
        ("wrist = [0.05, 0.42, 0.30]", "wrist = [0.05, 0.42, 1.30]", "no arm reaches 1.37 arm lengths"),
        ("palm = [0, -0.6, 0.6]", "palm = [-0.8, 0.5, 0]", "the palm cannot face where the fingers point"),
        ("palm = [0, -0.6, 0.6]", "palm = [0, 0, 0]", "'palm' is a direction and cannot be [0, 0, 0]"),
        ("move = [0.3, 0.5]", "move = [0.5, 0.3]", "'move' is a range [least, most] from 0 upwards"),
        ("move = [0.3, 0.5]", "move = 0.5", "'move' is a range [least, most], not 0.5"),
        ("move = [0.3, 0.5]", 'move = [0.3, "x"]', "'move' is a number, not 'x'"),
        ('name = "salute"', "name = 7", "'name' is a name in quotes, not 7"),
        ("back = [0.4, 0.6]", 'arms = "both"', "both arms cannot do 'salute_left', which has a side"),
        ("back = [0.4, 0.6]", 'arms = "three"', "unknown word 'three'; known are one, both"),
        ("back = [0.4, 0.6]", 'sides = ["lfet"]', "unknown side 'lfet': did you mean 'left'?"),
        ("back = [0.4, 0.6]", 'sides = "left"', "'sides' is a list of names in brackets, not 'left'"),
        ("back = [0.4, 0.6]", 'starts = ["dekc"]', "unknown start pose 'dekc': did you mean 'desk'?"),
        ("back = [0.4, 0.6]", "repeat_from = 3", "there is no keyframe 3; the first is number 0"),
        ("back = [0.4, 0.6]", "back = [0.4, 0.6", "not TOML: "),
    ],
)
def test_errors_name_the_file_the_line_and_what_is_meant(tmp_path, old, new, message):
    assert SALUTE.count(old) == 1
    text = SALUTE.replace(old, new)
    path = written(tmp_path, text)

    with pytest.raises(SynthesisError) as error:
        load_vocabulary(path, SHIPPED)

    said = str(error.value)
    line = line_of(text, new) + ("not TOML" in message)
    assert said.startswith(f"{path}:{line}: {message}")
    assert "\n" not in said


def test_what_is_missing_is_named(tmp_path):
    for part, said in (
        ('name = "salute"\n', "9: 'name' is missing here"),
        ("wrist = [0.05, 0.42, 0.30]\n", "14: 'wrist' is missing here"),
    ):
        path = written(tmp_path, SALUTE.replace(part, ""))
        with pytest.raises(SynthesisError, match=f"gestures.toml:{said}"):
            load_vocabulary(path, SHIPPED)
    with pytest.raises(SynthesisError, match=r"gestures.toml:1: no \[\[movement\]\]"):
        load_vocabulary(written(tmp_path, "# nothing\n"), SHIPPED)
    with pytest.raises(SynthesisError, match=r"gestures.toml:9: this movement has no keyframe"):
        load_vocabulary(written(tmp_path, SALUTE[: SALUTE.index("[[movement.key]]")]), SHIPPED)
    twice = written(tmp_path, SALUTE + SALUTE[SALUTE.index("[[movement]]") :])
    with pytest.raises(SynthesisError, match=r"gestures.toml:\d+: a second movement 'salute'"):
        load_vocabulary(twice, SHIPPED)


def test_files_that_cannot_be_read_are_one_sentence(tmp_path):
    with pytest.raises(SynthesisError, match=r"missing.toml: there is no such vocabulary file"):
        load_vocabulary(tmp_path / "missing.toml")
    with pytest.raises(SynthesisError, match=r"cannot be read"):
        load_vocabulary(tmp_path)
    path = tmp_path / "latin.toml"
    path.write_bytes(b"# \xe4\n")
    with pytest.raises(SynthesisError, match=r"latin.toml: not UTF-8 text"):
        load_vocabulary(path)
