"""The script that compares two trees: does it see what differs, and let through what may?"""

import re
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.same_behaviour import Behaviour, chosen, compare, read, write

SCORES = np.array([[np.nan, np.nan], [0.9, 0.1], [0.2, 0.8]])


def event(phase, at, confidence=0.7):
    return {"gesture": "wave", "phase": phase, "id": 1, "captured_at": at, "confidence": confidence}


EVENTS = [event("start", 1.0), event("hold", 1.1), event("hold", 1.2), event("end", 1.3)]
OLD = Behaviour(SCORES, EVENTS, ends={"wave": 0.6})


def test_what_is_the_same_stays_so_in_a_file(tmp_path):
    write(OLD, tmp_path / "result.npz")
    assert compare(OLD, read(tmp_path / "result.npz")) == (0.0, [])
    assert read(tmp_path / "result.npz").ends == OLD.ends


@pytest.mark.parametrize(
    ("new", "note"),
    [
        (replace(OLD, scores=np.nextafter(SCORES, 1.0)), "scores of 2 frames differ, the first is frame 1"),
        (replace(OLD, scores=SCORES[:2]), r"scores are \(3, 2\) float64, and \(2, 2\) float64"),
        (replace(OLD, scores=np.where([True, False], SCORES, np.nan)), "scores of 2 frames differ"),
        (replace(OLD, events=EVENTS[:-1]), "only old: .*end"),
        (replace(OLD, events=[event("start", 0.9), *EVENTS]), "only new: .*0.9"),
        (replace(OLD, events=[*EVENTS[:3], event("end", 1.3, np.nextafter(0.7, 1.0))]), "only new: .*end"),
        (replace(OLD, events=EVENTS[::-1]), "another order"),
        (replace(OLD, events=[*EVENTS, EVENTS[-1]]), "another number of times"),
        (replace(OLD, error="damaged"), "errors differ: '', 'damaged'"),
    ],
)
def test_what_differs_is_named(new, note):
    assert re.search(note, "\n".join(compare(OLD, new).notes))


def test_scores_that_became_none_differ_without_bound():
    assert compare(OLD, replace(OLD, scores=np.full_like(SCORES, np.nan))).largest == np.inf


def test_weak_holds_may_go_where_that_is_said_and_nothing_else():
    weak = event("hold", 1.25, np.nextafter(0.6, 0.0))
    old = replace(OLD, events=[*EVENTS[:3], weak, EVENTS[3]])
    assert compare(old, OLD).notes
    assert not compare(old, OLD, holds_may_go=True).notes
    assert compare(OLD, old, holds_may_go=True).notes, "a weak one came"
    for missing in (1, 2, 4):
        new = replace(old, events=[*old.events[:missing], *old.events[missing + 1 :]])
        assert compare(old, new, holds_may_go=True).notes, f"{old.events[missing]} went"
    at_the_limit = replace(old, events=[*EVENTS[:3], event("hold", 1.25, 0.6), EVENTS[3]])
    assert compare(at_the_limit, OLD, holds_may_go=True).notes


def test_the_choice_takes_each_set_and_person_in_turn_and_is_always_the_same(tmp_path):
    listed = [("A", f"{number}.mp4") for number in range(9)] + [("B", "b.mp4")]
    for folder, lines in (("one", listed), ("two", [("C", "c.avi")])):
        (tmp_path / folder).mkdir()
        index = "".join(f"{name},{subject}\n" for subject, name in lines)
        (tmp_path / folder / "index.csv").write_text("path,subject\n" + index)
        for _, name in lines:
            (tmp_path / folder / name).touch()
    first = chosen(tmp_path, 4)
    assert {path.name for path in first} > {"b.mp4", "c.avi"}
    assert len(first) == 4
    assert chosen(tmp_path, 4) == first
