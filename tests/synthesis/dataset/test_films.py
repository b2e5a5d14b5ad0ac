"""Folders of films: the same for every number of workers and after any end, and clean sentences."""

import csv
import json
import os
import resource
import signal
import subprocess
import sys

import av
import numpy as np
import pytest

from gesturelrcn.recordings.film_truth import read_truth
from gesturelrcn.recordings.listing import read_index
from gesturelrcn.synthesis.dataset.films import make_dataset
from gesturelrcn.synthesis.dataset.plan import Recipe, plan
from gesturelrcn.synthesis.errors import SynthesisError
from tests.waiting import wait_until

SMALL = Recipe(people=2, hours=0.004, size=64, fps=5, seed=5)


@pytest.fixture(scope="module")
def folder(body_data, renderer, tmp_path_factory):
    """A small data set by one worker; asking for a renderer skips where there is no EGL."""
    out = tmp_path_factory.mktemp("films") / "one"
    reports = []
    dataset = make_dataset(SMALL, out, progress=lambda done, of: reports.append((done, of)))
    return out, dataset, reports


def contents(out):
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_every_film_has_its_truth_and_is_listed(folder):
    out, dataset, _ = folder
    films = sorted(str(path.relative_to(out)) for path in out.rglob("*.mp4"))
    clips, streams = (
        list(csv.DictReader((out / name).read_text().splitlines())) for name in ("index.csv", "streams.csv")
    )

    assert sorted(row["path"] for row in clips + streams) == films
    assert (len(clips), len(streams)) == (dataset.clips, dataset.streams)
    assert {row["subject"] for row in clips} == {"P5-0000", "P5-0001"}
    for row in clips + streams:
        truth = read_truth((out / row["path"]).with_suffix(".jsonl"))
        with av.open(str(out / row["path"])) as container:
            (video,) = container.streams.video
            assert (video.codec_context.name, video.width, video.height) == ("h264", 64, 64)
            assert video.average_rate == 5
            assert sum(1 for _ in container.decode(video)) == truth.film.frames == int(row["frames"])
    assert set(contents(out)) - set(films) - {f.replace(".mp4", ".jsonl") for f in films} == {
        *("index.csv", "streams.csv", "recipe.json", "contact_sheet.jpg")
    }


def test_the_index_is_read_by_training(folder):
    out, dataset, _ = folder
    clips = read_index(out, strict=True).clips

    assert len(clips) == dataset.clips
    for clip in clips:
        gestures = read_truth(clip.path.with_suffix(".jsonl")).gestures
        assert [done.gesture for done in gestures] == [clip.gesture] * (clip.gesture != "none")
        assert clip.onset == (pytest.approx(gestures[0].onset, abs=0.006) if gestures else None)


def test_progress_ends_with_all(folder):
    _, dataset, reports = folder

    assert [of for _, of in reports] == [pytest.approx(dataset.seconds)] * len(reports)
    assert reports[-1][0] == pytest.approx(dataset.seconds, rel=0.1)
    assert len(reports) > 20


def test_two_workers_make_the_same_files(folder, tmp_path):
    make_dataset(SMALL, tmp_path / "two", workers=2)

    assert contents(tmp_path / "two") == contents(folder[0])


def start(out, *more, limit=None):
    words = [
        "synth",
        "--people",
        2,
        "--hours",
        0.004,
        "--size",
        64,
        "--fps",
        5,
        "--seed",
        5,
        "--out",
        out,
        *more,
    ]
    return subprocess.Popen(
        [sys.executable, "-m", "gesturelrcn", *map(str, words)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=limit,
    )


def wait_for_film(out, process):
    """Until a first film is whole; a process that makes none is killed, so that nobody waits for its end."""

    def films():
        films = list(out.rglob("*.jsonl"))
        assert films or process.poll() is None, process.communicate()
        return films

    try:
        wait_until(films, what=lambda: "that there is a film", every=0.02)
    except AssertionError:
        process.kill()
        raise


@pytest.mark.parametrize("deadly", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_run_leaves_whole_files_and_the_next_goes_on(folder, tmp_path, deadly):
    out = tmp_path / "killed"
    process = start(out)
    with process:
        wait_for_film(out, process)
        os.kill(process.pid, deadly)
        process.communicate(timeout=60)
    left = {name: data for name, data in contents(out).items() if not name.endswith(".part")}
    whole = contents(folder[0])

    assert process.returncode == (130 if deadly == signal.SIGINT else -deadly)
    assert 2 <= len(left) < len(whole)
    assert left == {name: whole[name] for name in left}
    before = {name: (out / name).stat().st_mtime_ns for name in left if name.endswith(".jsonl")}
    make_dataset(SMALL, out)
    assert contents(out) == whole
    assert {name: (out / name).stat().st_mtime_ns for name in before} == before


def test_workers_do_not_outlive_a_killed_run(folder, tmp_path):
    process = start(tmp_path / "killed")
    with process:
        wait_for_film(tmp_path / "killed", process)
        process.kill()
        # The workers hold its standard error: it closes when the last of them is gone.
        process.communicate(timeout=60)


def test_a_full_disk_is_one_sentence_and_the_next_run_goes_on(folder, tmp_path):
    out, whole = tmp_path / "full", contents(folder[0])
    films = sorted(len(data) for name, data in whole.items() if name.endswith((".mp4", ".jsonl")))
    limit = films[len(films) // 2]
    process = start(out, limit=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    printed, said = process.communicate(timeout=60)
    left = contents(out)

    assert (process.returncode, printed, said.count("\n")) == (2, "", 1)
    assert "File too large" in said
    assert "has room" in said
    assert left == {name: whole[name] for name in left}
    make_dataset(SMALL, out)
    assert contents(out) == whole


def test_another_recipe_does_not_mix_in(folder):
    with pytest.raises(SynthesisError, match=r"another recipe .*another folder"):
        make_dataset(Recipe(2, 0.004, 64, 5, seed=6), folder[0])


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear")

    with pytest.raises(SynthesisError, match=r"other things"):
        make_dataset(SMALL, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_two_runs_do_not_fill_one_folder(folder, tmp_path):
    out = tmp_path / "films"
    process = start(out)
    with process:
        wait_for_film(out, process)
        with pytest.raises(SynthesisError, match=r"filled by another run"):
            make_dataset(SMALL, out)
        process.kill()
        process.communicate(timeout=60)


def test_hours_are_kept():
    for clips in (0.0, 0.5, 1.0):
        recipe = Recipe(people=3, hours=0.3, clips=clips)
        takes = [take for person in range(3) for take in plan(recipe, person)]
        in_clips = sum(take.seconds for take in takes if take.gesture is not None)

        assert sum(take.seconds for take in takes) == pytest.approx(0.3 * 3600, abs=3 * 8)
        assert in_clips == pytest.approx(clips * 0.3 * 3600, abs=3 * 8)
        assert len({take.name for take in takes}) == len({take.seed for take in takes}) == len(takes)


def test_the_recipe_says_what_it_was(folder):
    recipe = json.loads((folder[0] / "recipe.json").read_text())

    assert (recipe["people"], recipe["hours"], recipe["seed"]) == (2, 0.004, 5)


def test_films_of_unsteady_cameras_tell_the_true_time_of_every_frame(body_data, renderer, tmp_path):
    recipe = Recipe(people=1, hours=0.002, size=64, seed=8, clips=1.0, rates=(5, 20))
    make_dataset(recipe, tmp_path / "films")
    gaps = []
    for film in sorted((tmp_path / "films").rglob("*.mp4")):
        truth = read_truth(film.with_suffix(".jsonl"))
        with av.open(str(film)) as container:
            shown = [frame.time for frame in container.decode(video=0)]
        assert shown == pytest.approx(list(truth.times), abs=0.0005)
        assert truth.film.fps == pytest.approx(len(shown) / shown[-1], rel=0.25)
        gaps += list(np.diff(shown) / np.mean(np.diff(shown)))

    assert np.std(gaps) > 0.02


@pytest.mark.parametrize("rates", [(10, 90), (30, 20), (1, 10)])
def test_impossible_rates_are_one_sentence(rates):
    with pytest.raises(SynthesisError, match="Frame rates from"):
        Recipe(people=1, hours=0.01, rates=rates).check()
