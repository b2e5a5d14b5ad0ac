import json

import pytest

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.evaluation import read_listing, score_predictions
from gesturelrcn.evaluation.plans import plan_streams
from gesturelrcn.evaluation.predictions import lines, read_predictions
from gesturelrcn.evaluation.stitching import StreamTruth
from gesturelrcn.evaluation.stream_files import write_streams
from tests.capture.clips import write_clip
from tests.evaluation.made import start, stream


@pytest.fixture
def folder(tmp_path):
    for name in ("a", "b", "idle"):
        write_clip(tmp_path / f"{name}.avi", count=30, fps=10)
    (tmp_path / "index.csv").write_text(
        "path,subject,gesture,onset_s\na.avi,A,wave,1.0\nb.avi,A,stop,1.0\nidle.avi,A,none,\n"
    )
    return tmp_path


def written(path, *rows):
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def test_events_of_another_program_on_stitched_streams(folder):
    listing = read_listing(folder)
    truth = StreamTruth()
    for _ in plan_streams(listing)[0].play(truth):
        pass
    rows = [{"stream": "A", "gesture": g.gesture, "decided_at": g.onset + 0.5} for g in truth.gestures]
    rows[1]["gesture"] = "Wave" if rows[1]["gesture"] == "stop" else "Stop"
    end = {"stream": "A", "gesture": "wave", "phase": "end", "decided_at": 9.0}
    file = written(folder / "p.jsonl", *rows, end, {"stream": "A idle", "gesture": "stop", "decided_at": 1.0})
    told = score_predictions(listing, file).figures

    assert (told["all"]["true"], told["all"]["found"], told["all"]["wrong_class"]) == (2, 1, 1)
    assert told["false_triggers"]["count"] == 1
    assert told["latency_s"]["p50"] == pytest.approx(0.5)
    assert told["clip_accuracy"] is None


def test_events_on_single_clips(folder):
    file = written(
        folder / "p.jsonl",
        {"stream": "a.avi", "gesture": "wave", "decided_at": 1.4, "confidence": 0.7},
        {"stream": "b.avi", "gesture": "stop", "decided_at": 0.4},
    )
    told = score_predictions(read_listing(folder), file).figures

    assert (told["streams"], told["all"]["found"], told["all"]["spurious"]) == (3, 1, 1)
    assert told["false_triggers"]["hours"] == pytest.approx(2.9 / 3600, abs=1e-4)


def test_what_we_write_can_be_read_again(tmp_path):
    result = stream([], [start("wave", 1.5), start("stop", 2.5, 0.4)], name="S 1m")
    path = tmp_path / "events.jsonl"
    path.write_text("".join(lines([result])))
    found = read_predictions(path)

    assert [(p.stream, p.event.gesture, p.event.decided_at, p.event.confidence) for p in found] == [
        ("S 1m", "wave", 1.5, 0.9),
        ("S 1m", "stop", 2.5, 0.4),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("no json", ":2: "),
        ('{"stream": "A", "gesture": "wave"}', "decided_at"),
        ('{"stream": "A", "gesture": "wave", "decided_at": "soon"}', "soon"),
        ('{"stream": "A", "gesture": "wave", "decided_at": NaN}', "nan"),
        ('{"stream": "A", "gesture": "wave", "decided_at": 1, "phase": "middle"}', "middle"),
        ("[]", ":2: "),
        ('{"stream": "B", "gesture": "wave", "decided_at": 1}', "no stream 'B'"),
    ],
)
def test_lines_that_are_no_predictions(folder, line, said):
    path = folder / "p.jsonl"
    path.write_text(f'{{"stream": "A", "gesture": "wave", "decided_at": 1}}\n{line}\n')
    with pytest.raises(GestureLrcnError, match=said) as problem:
        score_predictions(read_listing(folder), path)
    assert str(path) in str(problem.value)


def test_no_file(folder):
    with pytest.raises(GestureLrcnError, match="cannot be read"):
        read_predictions(folder / "gone.jsonl")


def test_streams_as_files_are_the_same_streams(folder, tmp_path):
    out = tmp_path / "streams"
    paths = list(write_streams(read_listing(folder), out))
    films = plan_streams(read_listing(out))
    truth, again = StreamTruth(), StreamTruth()
    stitched = list(plan_streams(read_listing(folder))[0].play(truth))
    replayed = list(next(plan for plan in films if plan.film.path == paths[0]).play(again))

    assert [path.name for path in paths] == ["A.mkv", "A_idle.mkv"]
    assert len(replayed) == len(stitched)
    assert all((a.frame.image == b.frame.image).all() for a, b in zip(stitched, replayed, strict=True))
    for one, other in zip(truth.gestures, again.gestures, strict=True):
        assert (one.gesture, one.onset, one.offset) == (
            other.gesture,
            pytest.approx(other.onset, abs=2e-3),
            pytest.approx(other.offset, abs=2e-3),
        )
    assert again.seconds == pytest.approx(truth.seconds, rel=0.01)
    assert [plan.gesture_free for plan in films] == [False, True]
