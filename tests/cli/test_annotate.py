"""`gesturelrcn annotate` as a program: the same gestures as live, many videos, stops and bad input."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gesturelrcn.annotation import (
    AnnotationRequest,
    origin_of,
    plan_jobs,
    read_timeline,
    run_jobs,
    spans_of,
)
from gesturelrcn.annotation.workers import WatchSettings
from gesturelrcn.capture.video import decode_video
from gesturelrcn.cli.app import app
from gesturelrcn.events import GestureEvent, Phase
from gesturelrcn.model import read_card
from gesturelrcn.system.whole_files import make_folder
from tests.annotation.made import pointing
from tests.capture.clips import cut, over_and_over
from tests.cli.test_bad_input import sentence
from tests.evaluation.films import pictures
from tests.recordings.uneven import write_uneven
from tests.waiting import wait_until


def children(pid):
    """Processes that this one started, by what they were started with."""
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in told if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_the_same_gestures_as_run(gesturelrcn, tmp_path):
    film = pointing(tmp_path / "film.avi")
    live = gesturelrcn("run", film, "--json")
    events = []
    for line in live.stdout.splitlines():
        told = json.loads(line)
        position = None if told["position"] is None else tuple(told["position"])
        events.append(GestureEvent(**told | {"phase": Phase(told["phase"]), "position": position}))
    end = gesturelrcn("annotate", film, "--json", "--format", "csv,vtt")
    told = json.loads(end.stdout)
    (video,) = told["videos"]

    assert (end.returncode, end.stderr) == (0, "")
    assert [span["gesture"] for span in video["gestures"]] == ["point_right"]
    # The spans of the live events, exactly.
    assert video["gestures"] == [json.loads(json.dumps(vars(span))) for span in spans_of(events)]
    assert (video["status"], video["frames"], video["seconds"]) == ("watched", 60, 3.0)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("film.avi", "film.gestures.csv", "film.gestures.jsonl", "film.gestures.vtt"),
    ]
    assert told["watched_s"] == 3.0
    assert told["real_time_factor"] == pytest.approx(3.0 / told["took_s"], rel=0.1, abs=0.01)
    assert video["real_time_factor_per_core"] == told["real_time_factor_per_core"] > 0


@pytest.fixture
def films(tmp_path, clip):
    """Two videos that can be read and three that cannot."""
    folder = tmp_path / "films"
    (folder / "sub").mkdir(parents=True)
    shutil.copy(clip, folder / "a.avi")
    shutil.copy(clip, folder / "sub" / "b.avi")
    (folder / "empty.mp4").touch()
    (folder / "words.mp4").write_text("these are only words\n")
    damaged = folder / "damaged.avi"
    damaged.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    return folder


def test_a_folder_with_bad_videos_among_good_ones(gesturelrcn, eager_model, films, tmp_path):
    out, clips, page = tmp_path / "out", tmp_path / "clips", tmp_path / "page.html"
    command = (
        *("annotate", films, tmp_path / "gone.mp4", "--out", out, "--model", eager_model("raise_hand")),
        *("--find", "raise_hand", "--clips", clips, "--margin", 0.2, "--summary", page, "--format", "eaf"),
    )
    end = gesturelrcn(*command, "--workers", 2, "--json")
    told = json.loads(end.stdout)

    assert end.returncode == 0
    skipped = {Path(item["video"]).name for item in told["skipped"]["items"]}
    assert (told["skipped"]["count"], skipped) == (3, {"empty.mp4", "words.mp4", "gone.mp4"})
    for name in (*skipped, "damaged.avi breaks off after"):
        assert name in end.stderr
    assert [Path(video["video"]).name for video in told["videos"]] == ["a.avi", "damaged.avi", "b.avi"]
    assert [len(video["gestures"]) for video in told["videos"]] == [1, 1, 1]
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()) == [
        *("a.gestures.eaf", "a.gestures.jsonl", "damaged.gestures.eaf", "damaged.gestures.jsonl"),
        *("sub/b.gestures.eaf", "sub/b.gestures.jsonl"),
    ]
    (gesture,) = told["videos"][0]["gestures"]
    (moment,) = told["videos"][0]["clips"]
    times = [at for _, at, _ in decode_video(clips / moment)]
    lasts = gesture["end"] - max(0.0, gesture["start"] - 0.2)
    assert times[-1] == pytest.approx(lasts, abs=0.06)
    assert len(list(clips.iterdir())) == 3
    assert page.read_text().count("<img ") == 3

    # Once more: nothing is watched, what is missing is written, what was corrected is left.
    (out / "a.gestures.eaf").write_text("corrected")
    (out / "sub" / "b.gestures.eaf").unlink()
    (clips / moment).unlink()
    again = gesturelrcn(*command)
    assert again.returncode == 0
    assert again.stdout.count("up to date") == 3
    assert again.stdout.count("1 clip cut") == 1
    assert "skipped: 3" in again.stdout
    assert "times real time" not in again.stdout
    assert (out / "a.gestures.eaf").read_text() == "corrected"
    assert (out / "sub" / "b.gestures.eaf").stat().st_size > 0
    assert (clips / moment).stat().st_size > 0


def test_workers_change_nothing(eager_model, films, tmp_path):
    places = (films / "a.avi", films / "sub")
    model = str(eager_model("wave", ("none", "wave")))
    found = []
    for workers in (1, 2):
        request = AnnotationRequest(out=tmp_path / str(workers))
        jobs = plan_jobs(
            places, request, lambda video: origin_of(video, read_card(Path(model)), "onnxruntime", False)
        )
        for job in jobs:
            make_folder(job.outputs["jsonl"].parent)
        shares = []
        outcomes = run_jobs(jobs, WatchSettings(model), workers, shares.append)
        found.append({outcome.job.video.name: outcome.timeline.spans for outcome in outcomes})
        assert shares == sorted(shares)
    assert sorted(found[0]) == ["a.avi", "b.avi"]
    assert all(found[0].values())
    assert found[0] == found[1]


@pytest.fixture
def long_films(tmp_path, clip):
    """A short film, and one of a quarter of an hour: not done when a test sees that the first is."""
    folder = tmp_path / "films"
    folder.mkdir()
    shutil.copy(clip, folder / "a.avi")
    over_and_over(folder / "b.avi", pictures(0.0, 2.0), fps=20, times=450)
    return folder


@pytest.mark.parametrize(
    ("number", "code", "workers"),
    [(signal.SIGINT, 130, 1), (signal.SIGTERM, 143, 2), (signal.SIGKILL, -9, 2)],
)
def test_stopped_in_the_middle(gesturelrcn, eager_model, long_films, number, code, workers):
    command = ("annotate", long_films, "--model", eager_model(), "--workers", workers)
    first, second = (long_films / f"{name}.gestures.jsonl" for name in "ab")
    process = gesturelrcn.start(*command)
    wait_until(first.exists, 120)
    process.send_signal(number)
    # Ends only when the workers have ended too: they hold the same pipes.
    out, err = process.communicate(timeout=120)

    assert (process.returncode, out) == (code, "")
    if number != signal.SIGKILL:  # then Python's own resource tracker says what it put away
        assert err == ""
    assert not second.exists()
    assert sorted(path.name for path in long_films.iterdir()) == ["a.avi", "a.gestures.jsonl", "b.avi"]
    if number == signal.SIGTERM:
        shutil.copy(long_films / "a.avi", long_films / "b.avi")
        written = first.stat().st_mtime_ns
        again = gesturelrcn(*command)
        assert again.returncode == 0
        assert "up to date" in again.stdout.splitlines()[0]
        assert first.stat().st_mtime_ns == written
        assert second.exists()


def test_a_worker_that_is_killed(gesturelrcn, eager_model, long_films):
    process = gesturelrcn.start("annotate", long_films, "--model", eager_model(), "--workers", 2)
    wait_until((long_films / "a.gestures.jsonl").exists, 120)
    for child in children(process.pid):
        os.kill(child, signal.SIGKILL)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (2, "")
    assert err.startswith("gesturelrcn: A worker was killed")
    assert err.count("\n") == 1
    assert not (long_films / "b.gestures.jsonl").exists()


def in_process(*arguments):
    """The command without a process of its own."""
    end = CliRunner().invoke(app, ["annotate", *map(str, arguments)])
    return subprocess.CompletedProcess(arguments, end.exit_code, end.stdout, end.stderr)


def test_what_is_refused(eager_model, films, tmp_path):
    model, film = ("--model", eager_model()), films / "a.avi"
    (tmp_path / "file").write_text("no folder")
    (films / "bare").mkdir()
    (films / "a.gestures.vtt").write_text("somebody's")
    (tmp_path / "mine.html").write_text("mine")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    for arguments, said in [
        ((tmp_path / "gone.mp4",), f"There is no video {tmp_path / 'gone.mp4'}; check the path"),
        ((films / "empty.mp4", "--out", tmp_path / "new"), "empty.mp4 is empty"),
        ((films / "words.mp4",), "No picture can be decoded"),
        ((films / "bare",), "bare holds no video"),
        ((film, "--format", "vtt"), "a.gestures.vtt is there already"),
        ((film, "--format", "srt"), 'no format "srt"'),
        ((film, "--find", "rais_hand"), 'did you mean "raise_hand"?'),
        ((film, "--out", tmp_path / "file"), "file cannot be made"),
        ((film, "--clips", tmp_path / "file" / "below"), "below cannot be made"),
        ((film, "--summary", tmp_path / "mine.html"), "mine.html is there already"),
        ((film, "--workers", -1), "-1 workers"),
        ((film, "--margin", -1), "margin"),
        ((film, "--model", "no-such-model"), "no-such-model"),
    ]:
        end = in_process(*arguments, *(() if "--model" in arguments else model))
        assert said in sentence(end)
        assert sorted(path.name for path in tmp_path.rglob("*")) == before, said


def test_several_that_all_fail(eager_model, films):
    end = in_process(films / "empty.mp4", films / "words.mp4", "--model", eager_model())
    assert (end.returncode, end.stdout) == (2, "")
    *skipped, closing = end.stderr.splitlines()
    assert len(skipped) == 2
    assert all(
        any(name in line for line in skipped) for name in ("empty.mp4 is empty", "words.mp4: it is not")
    )
    assert closing == "gesturelrcn: None of the 2 videos could be read; each is named above."


def test_the_sample_needs_no_video_of_ones_own(gesturelrcn, eager_model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    end = gesturelrcn("annotate", "sample", "--model", eager_model("none"))
    assert end.returncode == 0, end.stderr
    assert "0 gestures in 0:26.6: sample.gestures.jsonl" in end.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["sample.gestures.jsonl"]


def test_a_film_that_breaks_off_says_so_each_time(gesturelrcn, tmp_path):
    shown = pictures(2.5, 6.0) * 2
    film = cut(write_uneven(tmp_path / "cut.mkv", shown, [number / 20 for number in range(len(shown))]), 0.6)
    command = (
        *("annotate", film, "--format", "csv,vtt,eaf", "--clips", tmp_path / "clips"),
        *("--summary", tmp_path / "a.html"),
    )
    told = []
    for _ in range(2):
        end = gesturelrcn(*command)
        assert end.returncode == 0
        told.append(end.stderr)
    assert "up to date" in end.stdout
    assert told[0] == told[1]
    (line,) = told[0].splitlines()
    assert f"{film} breaks off after " in line
    assert line.endswith(" of 7.0 s")
    note = line.removeprefix(f"gesturelrcn: {film} ")
    assert read_timeline(tmp_path / "cut.gestures.jsonl").notes == (note,)
    for name in ("cut.gestures.csv", "cut.gestures.vtt", "cut.gestures.eaf", "a.html"):
        assert note in (tmp_path / name).read_text(), name


def test_clips_of_two_runs_into_one_folder(gesturelrcn, eager_model, clip, tmp_path):
    """cam.avi of today and that of tomorrow, whose gestures come at the same second."""
    clips = tmp_path / "clips"
    for day in ("today", "tomorrow"):
        film = tmp_path / day / "cam.avi"
        film.parent.mkdir()
        film.write_bytes(clip.read_bytes() + day.encode())
        for told in ("1 clip cut: ", "0 clips cut, 1 were there already: "):
            end = gesturelrcn("annotate", film, "--clips", clips, "--model", eager_model("raise_hand"))
            assert (end.returncode, end.stderr) == (0, "")
            assert f"{told}{clips}" in end.stdout
    assert len(list(clips.iterdir())) == 2


@pytest.mark.parametrize("strict", [False, True])
def test_names_that_are_no_text_here(eager_model, clip, tmp_path, strict):
    """Bytes that are no UTF-8, and any name that is not ASCII where the language of the system is C."""
    folder = tmp_path / "films"
    folder.mkdir()
    names = [os.fsdecode(name) for name in (b"good.avi", b"caf\xe9.avi", "Grüße.avi".encode())]
    for name in names:
        shutil.copy(clip, folder / name)
    out, page = tmp_path / "out", tmp_path / "page.html"
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"} if strict else {}
    end = subprocess.run(
        [
            *(sys.executable, "-m", "gesturelrcn", "annotate", folder, "--out", out, "--workers", "1"),
            *("--model", eager_model("raise_hand"), "--format", "vtt,csv,eaf"),
            *("--clips", tmp_path / "clips", "--summary", page),
        ],
        env=os.environ | ascii_only,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert (end.returncode, end.stderr) == (0, b"")
    written = sorted(path.name for path in out.iterdir())
    forms = ("csv", "eaf", "jsonl", "vtt")
    assert written == sorted(
        f"{name.removesuffix('.avi')}.gestures.{form}" for name in names for form in forms
    )
    assert len(list((tmp_path / "clips").iterdir())) == 3
    assert page.read_text(encoding="utf-8").count("<img ") == 3
