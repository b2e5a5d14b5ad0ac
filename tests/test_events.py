import json
import subprocess
import sys

import hypothesis.strategies as st
import pytest
from hypothesis import given

import gesturelrcn
from gesturelrcn import vocabulary
from gesturelrcn.events import EventQueue, GestureEvent, Phase


def event(**changes):
    plain = {
        "gesture": "stop",
        "phase": Phase.START,
        "id": 3,
        "confidence": 0.75,
        "captured_at": 1.0,
        "decided_at": 1.25,
    }
    return GestureEvent(**{**plain, **changes})


def test_json_of_a_live_event_has_no_media_time():
    assert json.loads(event().to_json()) == {
        "gesture": "stop",
        "phase": "start",
        "id": 3,
        "confidence": 0.75,
        "captured_at": 1.0,
        "decided_at": 1.25,
        "hand": None,
        "position": None,
    }


def test_json_of_a_recorded_event_has_media_time_and_position():
    held = json.loads(event(media_time=1.0, position=(0.25, 0.5), hand="left").to_json())
    assert (held["media_time"], held["position"], held["hand"]) == (1.0, [0.25, 0.5], "left")


def test_events_cannot_be_changed():
    with pytest.raises(AttributeError):
        event().gesture = "wave"


def test_phase_compares_with_plain_words():
    assert event().phase == "start"
    assert f"{Phase.HOLD}" == "hold"


@given(st.lists(st.booleans()), st.integers(1, 8))
def test_what_is_no_hold_comes_through_in_order(holds, limit):
    queue = EventQueue(limit)
    for number, hold in enumerate(holds):
        queue.put(number, hold=hold)
    kept = [queue.take() for _ in range(len(queue))]
    assert kept == sorted(kept)
    must = [number for number, hold in enumerate(holds) if not hold]
    assert [number for number in kept if not holds[number]] == must
    assert len(kept) <= max(limit, len(must)), "holds never make it longer than its limit"
    assert len(kept) == min(len(holds), max(limit, len(must))), "and are dropped only where room is needed"


def test_the_oldest_holds_make_room():
    queue = EventQueue(2)
    for number in range(4):
        queue.put(number, hold=True)
    assert queue.full
    assert [queue.take(), queue.take()] == [2, 3] or pytest.fail("the newest holds tell most")
    with pytest.raises(IndexError):
        queue.take()


def test_holds_can_be_dropped_at_once():
    queue = EventQueue()
    for number, hold in enumerate([False, True, False, True]):
        queue.put(number, hold=hold)
    queue.drop_holds()
    assert [queue.take() for _ in range(len(queue))] == [0, 2]


def test_mirror_is_its_own_inverse():
    for name in vocabulary.GESTURES:
        assert vocabulary.mirrored(vocabulary.mirrored(name)) == name
    assert vocabulary.mirrored("point_left") == "point_right"
    assert vocabulary.mirrored("none") == "none"


def test_suggestion_finds_the_nearest_name():
    assert vocabulary.suggestion("point_rigt") == "point_right"
    assert vocabulary.suggestion("xyzzy") is None
    assert vocabulary.suggestion("point_rigt", ["wave", "stop"]) is None


def test_a_word_from_outside_is_shown_on_one_line_and_not_too_long():
    assert vocabulary.quoted("a\nb") == r"'a\nb'"
    assert vocabulary.quoted("a" * 40) == f"'{'a' * 40}'"
    assert vocabulary.quoted("a" * 41) == f"'{'a' * 40}...'"


def test_public_names_exist():
    for name in gesturelrcn.__all__:
        assert getattr(gesturelrcn, name) is not None


def test_import_is_light():
    heavy = ["torch", "mediapipe", "onnxruntime", "pynput", "cv2", "numpy", "typer"]
    program = f"import sys, gesturelrcn; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
