"""The shipped model through the whole recogniser, on the synthetic person that ships with it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.errors import GestureLrcnError, ModelError
from gesturelrcn.evaluation import evaluate, read_listing
from gesturelrcn.evaluation.conditions import Condition
from gesturelrcn.evaluation.curve import replay, shifted
from gesturelrcn.evaluation.plans import plan_streams
from gesturelrcn.evaluation.runner import run_stream, run_streams
from gesturelrcn.events import Phase
from gesturelrcn.model import load_model
from gesturelrcn.thresholds import Sensitivities
from tests.evaluation.films import SAMPLE, pictures, write_film, write_pictures
from tests.operating_points import write_shipped_model


def gestures():
    rows = [json.loads(line) for line in SAMPLE.with_suffix(".jsonl").read_text().splitlines()]
    return [row for row in rows if "gesture" in row]


@pytest.fixture(scope="module")
def listing(tmp_path_factory):
    """A film of one gesture, two clips that end while a gesture is held, one of them a .gif, and idle."""
    folder = tmp_path_factory.mktemp("data")
    with open_source(SAMPLE) as source:
        first = next(iter(source))
        fps = 1.0 / (next(f for f in source if f.index == 1).captured_at - first.captured_at)
    made = gestures()
    write_film(folder / "film.avi", [{"subject": "film"}, made[0]])
    write_pictures(folder / "film.avi", pictures(0.0, 6.5), fps)
    lines = ["path,subject,gesture,distance_m,onset_s"]
    for name, row in (("one.avi", made[0]), ("two.gif", made[2])):
        begin = row["onset_s"] - 0.8
        write_pictures(folder / name, pictures(begin, row["offset_s"]), fps)
        lines.append(f"{name},P,{row['gesture']},1,0.8")
    write_pictures(folder / "idle.avi", pictures(0.0, 1.5), fps)
    (folder / "index.csv").write_text("\n".join([*lines, "idle.avi,P,none,1,"]) + "\n")
    return read_listing(folder)


@pytest.fixture(scope="module")
def measured(listing):
    return evaluate(listing)


def test_gestures_are_found_in_films_and_in_stitched_streams(measured):
    told = measured.figures

    assert [one.result.plan.name for one in measured.judged] == ["P 1m", "P 1m idle", "film.avi"]
    assert (told["all"]["true"], told["all"]["found"]) == (3, 3)
    assert (told["core"]["recall"], told["core"]["precision"]) == (1.0, 1.0)
    assert told["false_triggers"]["count"] == 0
    assert told["clip_accuracy"] == 1.0
    assert 0 < told["latency_s"]["p50"] < 1.5
    assert told["subjects"] == ["P", "film"]
    assert told["repeated_frames"] == 0
    assert json.loads(json.dumps(told)) == told


def test_recorded_scores_give_the_same_events_again(measured):
    card = measured.card
    for one in measured.judged:
        again = replay(one.result.trace, card.classes, card.thresholds)
        key = [(e.gesture, e.phase, e.id, e.decided_at, e.confidence) for e in one.result.events]
        assert [(e.gesture, e.phase, e.id, e.decided_at, e.confidence) for e in again] == key
    nothing = replay(measured.judged[0].result.trace, card.classes, shifted(card.thresholds, 30.0))
    assert nothing == []


def test_the_curve_goes_through_what_was_measured(measured):
    as_it_is = next(point for point in measured.points if point.shift == 0.0)
    assert as_it_is.recall == measured.figures["core"]["recall"]
    assert as_it_is.false_triggers == measured.figures["false_triggers"]["count"]
    assert measured.figures["headline"]["recall"] == 1.0


def test_two_workers_and_one_measure_the_same(listing, measured):
    plans = plan_streams(listing)
    results = run_streams(plans, "default", workers=2)

    assert [result.plan.name for result in results] == [plan.name for plan in plans]
    for result, one in zip(results, measured.judged, strict=True):
        assert result.events == one.result.events
        assert result.truth.seconds == one.result.truth.seconds
        np.testing.assert_array_equal(result.trace.scores, one.result.trace.scores)


def test_a_mirrored_stream_has_mirrored_gestures(listing):
    (plan,) = [plan for plan in plan_streams(listing) if plan.film is not None]
    result = run_stream(plan, load_model(), Condition(mirrored=True))

    assert [made.gesture for made in result.truth.gestures] == ["point_left"]
    assert [e.gesture for e in result.events if e.phase is Phase.START] == ["point_left"]


def test_what_is_off_is_missed_unless_it_is_turned_on(listing, measured, tmp_path):
    film = replace(listing, clips=[])
    made = measured.judged[-1].result.truth.gestures[0].gesture
    model = write_shipped_model(tmp_path, off={made: "found seldom"})
    missed = evaluate(film, model).figures
    assert (missed["all"]["found"], missed["sensitivity"], missed["off"]) == (0, "normal", [made])
    turned_on = evaluate(film, model, sensitivities=Sensitivities(turned_on=frozenset({made})))
    assert (turned_on.figures["all"]["found"], turned_on.figures["off"]) == (1, [])
    assert turned_on.judged[0].result.events == measured.judged[-1].result.events
    plain = tmp_path / "plain"
    plain.mkdir()
    without = write_shipped_model(plain, points=False)
    assert "sensitivity" not in evaluate(film, without).figures
    with pytest.raises(ModelError, match="has no sensitivity 'eager'; it has normal"):
        evaluate(film, without, sensitivities=Sensitivities("eager"))


def test_a_model_that_is_not_there(listing):
    with pytest.raises(GestureLrcnError, match="no such model"):
        evaluate(listing, "gone")
