import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturelrcn.decoding import Decoder, DecoderSettings, Evidence
from gesturelrcn.events import Phase
from gesturelrcn.thresholds import Thresholds

CLASSES = ("none", "point_left", "point_right", "wave")
LIMITS = Thresholds(start=0.6, end=0.4, start_after=0.1, end_after=0.3)


def decoder(**settings):
    return Decoder(CLASSES, dict.fromkeys(CLASSES[1:], LIMITS), DecoderSettings(smoothing=1e-6, **settings))


def scores(name, share):
    vector = np.full(len(CLASSES), (1 - share) / (len(CLASSES) - 1), np.float32)
    vector[CLASSES.index(name)] = share
    return vector


def run(decoder, script, fps=20.0, at=0.0):
    """script: (seconds, class, score) stretches."""
    events = []
    for seconds, name, share in script:
        for _ in range(round(seconds * fps)):
            events += decoder.step(Evidence(scores(name, share), at, at))
            at += 1 / fps
    return events


def phases(events):
    return [(e.gesture, e.phase.value) for e in events if e.phase is not Phase.HOLD]


def test_a_gesture_starts_once_holds_and_ends():
    events = run(decoder(), [(0.5, "none", 0.9), (1.0, "wave", 0.9), (1.0, "none", 0.9)])
    assert phases(events) == [("wave", "start"), ("wave", "end")]
    assert len({e.id for e in events}) == 1
    holds = [e for e in events if e.phase is Phase.HOLD]
    assert 6 <= len(holds) <= 13
    assert all(b.captured_at - a.captured_at > 0.09 for a, b in itertools.pairwise(holds))


@pytest.mark.parametrize("fps", [10, 20, 30, 60])
def test_times_do_not_depend_on_the_frame_rate(fps):
    events = run(decoder(), [(1.0, "none", 0.9), (1.0, "wave", 0.9), (1.0, "none", 0.9)], fps=fps)
    start, end = (e.decided_at for e in events if e.phase is not Phase.HOLD)
    assert 1.1 - 1e-6 <= start <= 1.1 + 1.01 / fps
    assert 2.3 - 1e-6 <= end <= 2.3 + 1.01 / fps


def test_a_short_burst_starts_nothing():
    assert run(decoder(), [(0.5, "none", 0.9), (0.1, "wave", 0.9), (1.0, "none", 0.9)]) == []


def test_a_dip_does_not_make_a_second_gesture():
    script = [(1.0, "wave", 0.9), (0.2, "none", 0.9), (1.0, "wave", 0.9), (1.0, "none", 0.9)]
    assert phases(run(decoder(), script)) == [("wave", "start"), ("wave", "end")]


def test_a_gesture_that_fades_is_not_reported_as_held():
    d = decoder()
    events = run(d, [(1.0, "wave", 0.9), (0.25, "none", 0.9)])
    assert [e.captured_at for e in events if e.phase is Phase.HOLD][-1] < 1.0
    assert (d.active, d.evident) == ("wave", None)
    back = run(d, [(0.25, "wave", 0.9), (0.4, "none", 0.9)], at=1.25)
    assert [e.captured_at for e in back] == pytest.approx([1.25, 1.35, 1.45, 1.8])
    assert {e.id for e in back} == {1}
    assert [e.phase for e in back] == [Phase.HOLD] * 3 + [Phase.END]


def test_between_the_thresholds_a_gesture_goes_on_but_none_starts():
    assert run(decoder(), [(1.0, "wave", 0.5)]) == []
    script = [(1.0, "wave", 0.9), (2.0, "wave", 0.5)]
    assert phases(run(decoder(), script)) == [("wave", "start")]


def test_the_opposite_does_not_start_on_the_way_back_but_does_later():
    away = [(1.0, "point_right", 0.9), (0.4, "none", 0.9)]
    stroke = [*away, (0.4, "point_left", 0.9), (1.0, "none", 0.9)]
    assert phases(run(decoder(), stroke)) == [("point_right", "start"), ("point_right", "end")]
    later = [*away, (1.0, "none", 0.9), (0.5, "point_left", 0.9)]
    assert phases(run(decoder(), later))[-1] == ("point_left", "start")


def test_a_deliberate_second_one_is_accepted():
    script = [(0.6, "wave", 0.9), (0.7, "none", 0.9), (0.6, "wave", 0.9)]
    assert phases(run(decoder(), script)) == [("wave", "start"), ("wave", "end"), ("wave", "start")]


def test_one_gesture_replaces_another():
    events = run(decoder(), [(1.0, "wave", 0.9), (1.0, "point_left", 0.9)])
    assert phases(events) == [("wave", "start"), ("wave", "end"), ("point_left", "start")]
    assert events[-1].id == 2


def test_a_recording_that_is_shown_again_shows_the_same_gestures_again():
    d, script = decoder(), [(0.5, "none", 0.9), (1.0, "wave", 0.9)]
    first = run(d, script)
    d.reset()
    assert phases(run(d, script)) == phases(first) == [("wave", "start")]


def test_a_reset_ends_what_is_active_and_forgets():
    d = decoder()
    run(d, [(1.0, "wave", 0.9)])
    (end,) = d.reset(9.0)
    assert (end.gesture, end.phase, end.decided_at) == ("wave", Phase.END, 9.0)
    assert d.reset() == []
    assert d.active is None


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(CLASSES), st.floats(0.25, 1.0), st.floats(0.001, 2.0), st.booleans()),
        max_size=60,
    )
)
def test_every_start_has_one_end_whatever_comes(frames):
    d = Decoder(CLASSES, dict.fromkeys(CLASSES[1:], LIMITS))
    at, events = 0.0, []
    for name, share, dt, lost in frames:
        at += dt
        events += d.reset(at) if lost else d.step(Evidence(scores(name, share), at, at))
    events += d.reset(at)
    active = None
    for event in events:
        if event.phase is Phase.START:
            assert active is None
            active = (event.gesture, event.id)
        else:
            assert active == (event.gesture, event.id)
            if event.phase is Phase.END:
                active = None
    assert active is None
    starts = [e.id for e in events if e.phase is Phase.START]
    assert starts == sorted(set(starts))


@settings(max_examples=200, deadline=None)
@given(
    st.floats(0.0, 0.2),
    st.lists(
        st.tuples(st.sampled_from(CLASSES), st.floats(0.25, 1.0), st.floats(0.005, 0.3), st.booleans()),
        max_size=80,
    ),
)
def test_each_hold_is_a_sign_of_its_gesture(smoothing, frames):
    limits = {"wave": LIMITS, "point_left": Thresholds(0.5, 0.5, 0.0, 0.35), "point_right": LIMITS}
    d = Decoder(CLASSES, limits, DecoderSettings(smoothing=max(smoothing, 1e-6)))
    at, held_at = 0.0, None
    for name, share, dt, lost in frames:
        at += dt
        for event in d.reset(at) if lost and share > 0.8 else d.step(Evidence(scores(name, share), at, at)):
            if event.phase is Phase.HOLD:
                assert event.confidence >= limits[event.gesture].end
                assert at - held_at >= 0.1 - 2e-6
                assert d.evident == event.gesture
            held_at = at
        if d.active is not None:
            assert (d.evident is None) == (d.smoothed[CLASSES.index(d.active)] < limits[d.active].end)
        else:
            assert d.evident is None


NORMAL, EAGER, CAREFUL = LIMITS, Thresholds(0.45, 0.25, 0.0, 0.3), Thresholds(0.8, 0.6, 0.2, 0.3)
POINTS = (NORMAL, EAGER, CAREFUL)


def everywhere(limits):
    return dict.fromkeys(CLASSES[1:], limits)


def test_a_gesture_without_thresholds_starts_nothing_and_is_in_nobodys_way():
    only_wave = Decoder(CLASSES, {"wave": LIMITS}, DecoderSettings(smoothing=1e-6))
    assert phases(run(only_wave, [(1.0, "point_left", 0.9)])) == []
    both = np.array([0.0, 0.35, 0.0, 0.65], np.float32)
    assert phases([e for n in range(10) for e in only_wave.step(Evidence(both[[0, 3, 2, 1]], n, n))]) == []
    assert phases([e for n in range(10, 20) for e in only_wave.step(Evidence(both, n, n))]) == [
        ("wave", "start")
    ]
    nothing = Decoder(CLASSES, {}, DecoderSettings(smoothing=1e-6))
    assert phases(run(nothing, [(1.0, "wave", 1.0)])) == []


def test_other_thresholds_hold_from_the_next_frame_on():
    changed = decoder()
    weak = [(0.5, "wave", 0.5), (0.5, "none", 0.9)]
    assert run(changed, weak) == []
    changed.use(everywhere(EAGER))
    assert phases(run(changed, weak, at=1.0)) == [("wave", "start"), ("wave", "end")]
    changed.use(everywhere(LIMITS))
    assert run(changed, weak, at=2.0) == []


def test_what_is_turned_off_while_it_goes_on_ends_as_it_would_have():
    changed = decoder()
    events = run(changed, [(0.5, "wave", 0.9)])
    changed.use({})
    assert changed.active == "wave"
    events += run(changed, [(0.5, "wave", 0.9), (1.0, "none", 0.9), (1.0, "wave", 0.9)], at=0.5)
    assert phases(events) == [("wave", "start"), ("wave", "end")]


@settings(max_examples=200, deadline=None)
@given(
    share=st.floats(0.0, 1.0),
    first=st.sampled_from(POINTS),
    switches=st.lists(st.tuples(st.sampled_from(POINTS), st.floats(0.0, 1.0)), max_size=8),
)
def test_a_switch_alone_neither_starts_nor_ends_a_gesture(share, first, switches):
    """The score stays where it is, so whatever comes is what the thresholds of the beginning make of it."""
    plain, switched = (Decoder(CLASSES, everywhere(first), DecoderSettings(smoothing=1e-6)) for _ in range(2))
    held = [(1.0, "wave", share)]
    assert phases(run(plain, held)) == phases(run(switched, held))
    at = 1.0
    for limits, seconds in switches:
        switched.use(everywhere(limits))
        assert phases(run(switched, [(seconds, "wave", share)], at=at)) == []
        at += seconds
    assert switched.active == plain.active
    ends = phases(run(switched, [(2.0, "none", 1.0)], at=at))
    assert ends == ([("wave", "end")] if plain.active == "wave" else [])


@settings(max_examples=200, deadline=None)
@given(
    path=st.lists(
        st.tuples(st.sampled_from(CLASSES), st.floats(0.0, 1.0), st.sampled_from((None, *POINTS, {}))),
        max_size=60,
    )
)
def test_whatever_is_switched_starts_are_earned_and_each_has_its_end(path):
    switched, in_force = decoder(), everywhere(LIMITS)
    told, going_on = [], None
    for number, (name, share, limits) in enumerate(path):
        if limits is not None:
            in_force = limits and everywhere(limits)
            switched.use(in_force)
        for event in switched.step(Evidence(scores(name, share), number / 10, number / 10)):
            if event.phase is Phase.START:
                assert going_on is None
                assert event.confidence >= in_force[event.gesture].start - 1e-6
                going_on = event.id
            assert event.id == going_on
            if event.phase is Phase.END:
                going_on = None
            told.append(event)
    for event in switched.reset():
        assert event.phase is Phase.END
        assert event.id == going_on
        going_on = None
    assert going_on is None
    starts = [event.id for event in told if event.phase is Phase.START]
    assert starts == sorted(set(starts))


def test_what_waits_for_the_old_threshold_starts_there():
    """The score lay between the two when they were switched; the hand that goes on rising is not lost."""
    changed = decoder()
    assert run(changed, [(1.0, "wave", 0.5)]) == []
    changed.use(everywhere(EAGER))
    assert run(changed, [(1.0, "wave", 0.55)], at=1.0) == []
    assert phases(run(changed, [(0.5, "wave", 0.65)], at=2.0)) == [("wave", "start")]


def test_an_end_before_the_switch_is_not_followed_by_a_start_of_the_same_hand():
    changed = decoder()
    events = run(changed, [(0.5, "wave", 0.9), (1.0, "wave", 0.39)])
    assert phases(events) == [("wave", "start"), ("wave", "end")]
    changed.use(everywhere(Thresholds(0.35, 0.2, 0.0, 0.3)))
    assert run(changed, [(2.0, "wave", 0.39)], at=1.5) == []
    assert phases(run(changed, [(0.2, "none", 1.0), (0.5, "wave", 0.39)], at=3.5)) == [("wave", "start")]
