"""The whole way: five takes before a camera that shows the sample without end, measured and removed again."""

import itertools
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np

from gesturelrcn.capture import open_source
from gesturelrcn.model import assets
from gesturelrcn.recordings.film_truth import read_outline
from gesturelrcn.takes import TakeFolder
from tests.mjpeg_server import MjpegServer

SAMPLE = assets() / "sample.mp4"


def test_five_takes_before_a_camera(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    environment["XDG_DATA_HOME"] = str(tmp_path)
    folder = TakeFolder(tmp_path / "gesturelrcn" / "takes")

    def run(*words: object) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "gesturelrcn", *map(str, words)],
            env=environment,
            **{
                "stdin": subprocess.DEVNULL,
                "capture_output": True,
                "text": True,
                "timeout": 280,
                "check": False,
            },
        )
        assert done.returncode == 0
        # On a busy machine the camera may stall for a moment.
        assert all(" is stalled: " in line for line in done.stderr.splitlines())
        return done.stdout

    with open_source(SAMPLE) as sample:
        frames = [frame.image for frame in sample][::2]
    # There and back again: where the film begins anew the person would jump, which looks like a motion.
    with MjpegServer(itertools.cycle(frames + frames[::-1]), fps=10) as camera:
        told = run("record", "raise_hand", "--takes", 5, "--source", camera.url).splitlines()
        idle = run("record", "--idle", "3s", "--source", camera.url, "--no-pictures").splitlines()
    assert told[0] == "gestures-6 knows raise_hand: these become takes of it."
    assert told.count("Kept.") == 5
    assert "without a gesture" in idle[-1]
    assert told[-1] == f"5 takes of raise_hand are kept, {told[-1].split()[6]} s, in {folder.path}"

    takes = folder.takes("raise_hand")
    real = {gesture.hand for gesture in read_outline(SAMPLE.with_suffix(".jsonl")).gestures}
    for stored in takes:
        take = stored.take
        assert take.hand in real
        assert None not in (take.onset, take.stroke_end, take.offset, take.rested)
        assert 0 < take.onset < take.stroke_end <= take.offset <= take.rested <= take.seconds + 0.01
        assert 1.2 < take.rested - take.onset < 3.5
        assert take.hands is not None
        assert np.isclose(np.diff(take.times)[1:], take.dt[2:], atol=2e-3).all()
        assert stored.film is not None
        with open_source(stored.film) as film:
            assert len(list(film)) == len(take.times)
    for path in (folder.path, *folder.path.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path

    listed = json.loads(run("takes", "--json"))
    names = [each["gesture"] for each in listed["takes"]]
    assert names[:5] == ["raise_hand"] * 5
    assert set(names[5:]) == {"none"}
    measured = json.loads(run("evaluate", folder.path, "--json"))
    assert measured
    assert run("forget", "--all", "--yes") == f"{len(names)} takes removed from {folder.path}\n"
    assert not folder.path.exists()
