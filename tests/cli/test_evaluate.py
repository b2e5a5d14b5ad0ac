"""`gesturelrcn evaluate` as a program: one JSON object, one page, and one sentence for what can be mended."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.capture.clips import write_clip
from tests.cli.test_bad_input import sentence
from tests.evaluation.films import pictures, write_pictures
from tests.waiting import wait_until

SHARES = {"recall", "precision", "f1", "duplicates", "wrong_class"}


@pytest.fixture(scope="module")
def somebody():
    """A second and a half of a synthetic person who stands there."""
    return pictures(0.0, 1.5)


@pytest.fixture
def folder(tmp_path, somebody):
    write_pictures(tmp_path / "here.avi", somebody, 20.0)
    write_pictures(tmp_path / "small.gif", [image[::2, ::2] for image in somebody[::2]], 10.0)
    (tmp_path / "broken.avi").write_bytes(b"RIFF nothing")
    (tmp_path / "index.csv").write_text(
        "path,subject,gesture,distance_m,onset_s\n"
        "here.avi,A,point_right,1,0.5\n"
        "small.gif,A,salute,1,0.5\n"
        "here.avi,B,none,1,\n"
        "broken.avi,B,wave,1,0.5\n"
    )
    return tmp_path


def test_one_json_object_a_page_and_events(gesturelrcn, eager_model, folder, tmp_path):
    page, events = tmp_path / "report", tmp_path / "events.jsonl"
    end = gesturelrcn(
        *("evaluate", folder, "--model", eager_model("point_right"), "--json", "--workers", 1),
        *("--report", page, "--events", events),
    )
    told = json.loads(end.stdout)

    assert end.returncode == 0
    assert set(told) >= {
        *("core", "all", "per_class", "per_subject", "clip_accuracy", "levenshtein", "ntd", "latency_s"),
        "false_triggers",
    }
    assert set(told["core"]) >= SHARES
    assert set(told["all"]) >= SHARES
    assert set(told["latency_s"]) == {"p50", "p95"}
    assert set(told["false_triggers"]) >= {"count", "hours", "per_hour", "low", "high"}
    assert (told["streams"], told["all"]["true"]) == (3, 2)
    # It fires as soon as it sees somebody, before any onset.
    assert (told["all"]["found"], told["false_triggers"]["count"]) == (0, 1)
    assert told["unknown_classes"] == ["salute"]
    assert told["per_class"]["salute"]["recall"] == 0.0
    assert [item["name"] for item in told["skipped"]["items"]] == ["broken.avi"]
    assert "salute" in end.stderr
    assert "broken.avi" in end.stderr
    assert (page / "index.html").stat().st_size > 10_000

    again = gesturelrcn("evaluate", folder, "--predictions", events, "--json")
    scored = json.loads(again.stdout)
    assert scored["false_triggers"] == told["false_triggers"]
    assert scored["all"]["spurious"] == told["all"]["spurious"]


def test_nothing_but_idle_as_a_table(gesturelrcn, eager_model, folder):
    end = gesturelrcn("evaluate", folder, "--subjects", "B", "--model", eager_model("none"), "--workers", 1)

    assert end.returncode == 0
    assert "false triggers: 0 in 0.001 h" in end.stdout
    assert "skipped: 1" in end.stdout


def test_streams_for_other_programs(gesturelrcn, folder, tmp_path):
    end = gesturelrcn("evaluate", folder, "--streams", tmp_path / "out")

    assert end.returncode == 0
    assert len(end.stdout.splitlines()) == 3
    assert len(list((tmp_path / "out").glob("*.mkv"))) == len(list((tmp_path / "out").glob("*.jsonl"))) == 3


def children(pid):
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


def test_ctrl_c_ends_it_and_its_workers(gesturelrcn, eager_model, folder):
    words = ("--model", eager_model("none"), "--workers", 2, "--minutes", 20)
    process = gesturelrcn.start("evaluate", folder, *words)
    # Two, and the one that keeps count of what they share.
    workers = wait_until(lambda: len(pids := children(process.pid)) >= 3 and pids, 120)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)

    assert (process.returncode, out) == (130, "")
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("gone",), "no such folder"),
        (("{}", "--subjects", "Z"), "subjects here: A"),
        (("{}", "--model", "gone"), "no such model"),
        (("{}", "--workers", -1), "-1 workers"),
        (("{}", "--minutes", -1), "-1 minutes"),
        (("{}", "--distances", "near"), "'near' is no distance"),
        (("{}", "--predictions", "gone.jsonl"), "gone.jsonl"),
    ],
)
def test_what_can_be_mended_is_one_sentence(gesturelrcn, tmp_path, wrong, said):
    write_clip(tmp_path / "a.avi", count=2)
    (tmp_path / "index.csv").write_text("path,subject,gesture\na.avi,A,wave\n")
    words = [tmp_path if word == "{}" else word for word in wrong]
    assert said in sentence(gesturelrcn("evaluate", *words))


def test_the_module_is_the_same_command():
    end = subprocess.run(
        [sys.executable, "-m", "gesturelrcn.evaluation", "gone"], capture_output=True, text=True, timeout=120
    )
    assert "no such folder" in sentence(end)
