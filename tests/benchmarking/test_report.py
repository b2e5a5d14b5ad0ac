import json

import pytest

from gesturelrcn.benchmarking.bars import BARS, MACHINE, broken_ratios, figure, judged
from gesturelrcn.benchmarking.page import write_page
from gesturelrcn.benchmarking.tables import markdown
from gesturelrcn.errors import GestureLrcnError
from tests.benchmarking.reports import peers, report, series


def whole_report() -> dict:
    row = {
        name: series(9.0) for name in ("pipeline", "camera_to_frame", "frame_to_decision", "decision_to_key")
    }
    keys = {**row, "decision": series(500.0), "shown": 500, "recognised": 499, "right": 498}
    growth = {
        "hours": [{"hour": 0.5, "frame_cpu_ms": 2.0, "memory_mb": 150.0}],
        "sizes": [{"picture": "320x240", "crop_cpu_ms": 0.2, "frame_path_alone_cpu_ms": 2.2}],
        "bindings": [{"bindings": 10, "dispatch_cpu_ms": 0.04}],
    }
    ends = [{**keys, "load": "none"}, {**keys, "load": "stress-ng --cpu 2"}]
    return report(**peers(), growth=growth, end_to_end=ends)


def test_every_promise_is_looked_up(tmp_path):
    told = whole_report()
    told["live"] += [{**told["live"][0], "scene": scene} for scene in ("still", "nobody")]
    assert [bar for bar, _ in judged(told)] == list(BARS)
    assert figure(told, ("end_to_end", "none", "pipeline", "p50")) == pytest.approx(9.0, rel=0.05)


def test_a_promise_that_is_not_measured_is_not_judged():
    assert {bar.where[1] for bar, _ in judged(report()) if bar.where[0] == "ratios"} == {"look"}


def test_a_machine_too_busy_to_look_at_every_frame_says_nothing_about_a_core():
    where = ("live", "active", "30", "cpu", "total")
    busy = report()
    assert figure(busy, where) == 0.2
    busy["live"][0]["dropped"] = 50
    assert figure(busy, where) is None


def test_ratios_break_and_absolute_times_do_not():
    slow = report(step=100.0, **peers(pose=3.0))
    assert broken_ratios(slow) == ["MediaPipe Pose, times slower: 3, promised at least 8"]
    assert broken_ratios(report(**peers(pose=4.1)), 0.5) == []
    far = peers()
    far["ratios"]["lower_bound"] = 9.0
    assert len(broken_ratios(report(**far), 0.5)) == 1


def test_the_page_holds_plots_tables_and_machine(tmp_path):
    told = whole_report()
    page = write_page(told, tmp_path / "new" / "folder").read_text(encoding="utf-8")
    assert page.count("<svg") == 5
    assert told["machine"]["processor"] in page
    assert "499 gestures recognised of 500 shown" in page
    assert json.loads((tmp_path / "new/folder/bench.json").read_text()) == told
    assert (tmp_path / "new/folder/tables.md").read_text() == markdown(told)


def test_tables_are_markdown():
    told = whole_report()
    told["machine"]["processor"] = f"{MACHINE} 9654 96-Core Processor"
    lines = [line for line in markdown(told).splitlines() if line.startswith("|")]
    assert "| MediaPipe Pose, times slower | 9 | at least 8 | times | yes |" in lines
    [share] = [line for line in lines if line.startswith("| core at 30 fps, active | 0.2 |")]
    assert share.endswith(f"| NO, 54% over; promised on {MACHINE} |")


def test_on_another_machine_ratios_are_judged_and_times_are_not():
    told = whole_report()
    told["machine"]["processor"] = "Intel(R) Xeon(R) Processor"
    told["ratios"]["mediapipe_pose"] = 3.0
    lines = [line for line in markdown(told).splitlines() if line.startswith("|")]
    assert (
        "| MediaPipe Pose, times slower | 3 | at least 8 | times | NO, 62% short; promised on any machine |"
        in lines
    )
    [share] = [line for line in lines if line.startswith("| core at 30 fps, active |")]
    assert share.endswith(f"| promised on {MACHINE} |")
    assert "NO" not in share


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(GestureLrcnError, match="cannot be written"):
        write_page(report(), tmp_path / "file" / "report")
