"""Films that play in browsers, are whole, private, and delay nobody."""

import logging
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from gesturelrcn.overlay import Recorder, RecordingError
from gesturelrcn.overlay.recorder import LONGEST_GAP, MOST_WAITING
from gesturelrcn.system.opencv import cv2
from tests.waiting import wait_until

av = pytest.importorskip("av") if os.environ.get("CI") != "true" else __import__("av")


def grey(level=128, size=(96, 64)):
    return np.full((size[1], size[0], 3), level, np.uint8)


def record(path, pictures, rate=20.0):
    with Recorder(path) as recorder:
        for number, picture in enumerate(pictures):
            recorder.put(100.0 + number / rate, lambda picture=picture: picture, wait=True)
    return recorder


def film(path):
    """Times in seconds and mean levels of the pictures in a film."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p", "what browsers play"
        frames = [(frame.time, frame.to_ndarray(format="gray").mean()) for frame in container.decode(stream)]
    return [at for at, _ in frames], [level for _, level in frames]


def test_every_picture_at_its_time(tmp_path):
    levels = [40, 90, 140, 190]
    with Recorder(tmp_path / "a.mp4") as recorder:
        for at, level in zip((7.0, 7.05, 7.3, 7.31), levels, strict=True):
            recorder.put(at, lambda level=level: grey(level), wait=True)
    times, seen = film(tmp_path / "a.mp4")
    assert times == pytest.approx([0.0, 0.05, 0.3, 0.31], abs=1e-4)
    assert seen == pytest.approx(levels, abs=8)
    assert (recorder.seen, recorder.left_out) == (4, 0)


def test_opencv_reads_it_too_and_knows_its_length(tmp_path):
    record(tmp_path / "a.mp4", [grey(level) for level in range(40, 80)])
    video = cv2.VideoCapture(str(tmp_path / "a.mp4"))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 40
    assert video.get(cv2.CAP_PROP_FPS) == pytest.approx(20.0, rel=0.05)
    video.release()


def test_only_its_user_can_read_it(tmp_path):
    before = os.umask(0)
    try:
        record(tmp_path / "a.mp4", [grey()])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.mp4").stat().st_mode) == 0o600


def test_there_is_no_file_without_a_picture(tmp_path):
    with Recorder(tmp_path / "a.mp4"):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("there.mp4", "this file is there already; give another name, or remove it"),
        ("dangling.mp4", "this file is there already"),
        ("missing/a.mp4", "there is no folder .*missing; make it first"),
        ("a.avi", "recordings are MP4 films; give a name that ends in .mp4"),
    ],
)
def test_refused_before_anything_is_done(tmp_path, name, sentence):
    (tmp_path / "there.mp4").write_bytes(b"mine")
    (tmp_path / "dangling.mp4").symlink_to(tmp_path / "elsewhere")
    threads = threading.active_count()
    with pytest.raises(RecordingError, match=sentence):
        Recorder(tmp_path / name)
    assert (tmp_path / "there.mp4").read_bytes() == b"mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["dangling.mp4", "there.mp4"]
    assert threading.active_count() == threads


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path, caplog):
    recorder = Recorder(tmp_path / "a.mp4")
    (tmp_path / "a.mp4").write_bytes(b"mine")
    recorder.put(0.0, grey, wait=True)
    with pytest.raises(RecordingError, match="File exists"):
        recorder.close()
    assert (tmp_path / "a.mp4").read_bytes() == b"mine"


def test_nobody_waits_for_an_encoder_that_hangs(tmp_path, caplog):
    """The queue is bounded and time is kept: what was left out leaves a gap, and later ones are in time."""
    go_on = threading.Event()
    recorder = Recorder(tmp_path / "a.mp4")
    recorder.put(0.0, lambda: go_on.wait(30) and grey())
    for number in range(1, 500):
        recorder.put(number / 200, grey)  # would wait for 30 s each, if it waited
    assert not go_on.is_set()
    assert recorder.left_out >= 499 - MOST_WAITING - 1
    go_on.set()
    wait_until(recorder._waiting.empty)
    recorder.put(2.5, grey)
    recorder.close()
    times, _ = film(tmp_path / "a.mp4")
    assert len(times) == recorder.seen - recorder.left_out
    assert times[-1] == pytest.approx(2.5, abs=1e-3)
    assert f"{recorder.left_out} of 501 frames were left out" in caplog.text


def test_a_recording_in_no_hurry_loses_nothing(tmp_path):
    recorder = record(tmp_path / "a.mp4", [grey(size=(640, 480))] * (3 * MOST_WAITING))
    assert recorder.left_out == 0
    assert len(film(tmp_path / "a.mp4")[0]) == 3 * MOST_WAITING


def test_pictures_of_odd_and_other_sizes(tmp_path):
    record(tmp_path / "a.mp4", [grey(60, (97, 65)), grey(200, (40, 50)), grey(60, (97, 65))])
    # 40 x 50 has other proportions: 51 of 96 columns are its own, the others black.
    assert film(tmp_path / "a.mp4")[1] == pytest.approx([60, 200 * 51 / 96, 60], abs=10)
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == (96, 64)


def test_time_that_goes_back_and_long_silences(tmp_path):
    with Recorder(tmp_path / "a.mp4") as recorder:
        for at in (50.0, 50.1, 3.0, 3.1, 9999.0, 9999.1):
            recorder.put(at, grey, wait=True)
    times, _ = film(tmp_path / "a.mp4")
    steps = np.diff(times)
    assert steps == pytest.approx([0.1, 1 / 30, 0.1, LONGEST_GAP, 0.1], abs=1e-3)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_told_and_ends_nothing_else(tmp_path, caplog):
    noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8)
    recorder = Recorder(tmp_path / "a.mp4")
    recorder.put(0.0, lambda: noise, wait=True)
    wait_until(lambda: recorder._film._file is not None)
    with Path("/dev/full").open("r+b", buffering=0) as full:
        os.dup2(full.fileno(), recorder._film._file.fileno())
        for number in range(1, 200):
            recorder.put(number / 20, lambda: noise, wait=True)
        with caplog.at_level(logging.WARNING), pytest.raises(RecordingError, match="No space left on device"):
            recorder.close()
    assert caplog.text.count("the recording has ended") == 1


def test_a_picture_that_cannot_be_made_is_told(tmp_path, caplog):
    recorder = Recorder(tmp_path / "a.mp4")
    recorder.put(0.0, grey, wait=True)
    recorder.put(0.1, lambda: 1 / 0, wait=True)
    with pytest.raises(RecordingError, match="division by zero"):
        recorder.close()
    assert len(film(tmp_path / "a.mp4")[0]) == 1, "what was there before is whole"


def test_another_error_is_not_hidden(tmp_path, caplog):
    def fail():
        with Recorder(tmp_path / "a.mp4") as recorder:
            recorder.put(0.0, lambda: 1 / 0)
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        fail()
    assert "could not be written to its end" in caplog.text


def test_closing_twice_and_recording_after_it(tmp_path):
    recorder = record(tmp_path / "a.mp4", [grey()])
    recorder.put(1.0, grey)
    recorder.close()
    assert len(film(tmp_path / "a.mp4")[0]) == 1


RECORDS_FOR_EVER = """if True:
    import sys, itertools, numpy as np
    from pathlib import Path
    from gesturelrcn.overlay import Recorder
    picture = np.full((64, 96, 3), 90, np.uint8)
    recorder = Recorder(Path(sys.argv[1]))
    for number in itertools.count():
        recorder.put(number / 20, lambda: picture, wait=True)
        if number == 300:
            print("far enough", flush=True)
    """


def test_what_was_recorded_before_kill_9_can_be_played(tmp_path):
    path = tmp_path / "a.mp4"
    command = [sys.executable, "-c", RECORDS_FOR_EVER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "far enough\n"
        process.send_signal(signal.SIGKILL)
    times, levels = film(path)
    assert times[-1] >= 300 / 20 - 2.0, "two seconds are all that may be lost"
    assert levels == pytest.approx([90] * len(levels), abs=5)


@pytest.mark.skipif(shutil.which("chromium") is None and os.environ.get("CI") != "true", reason="no Chromium")
def test_a_browser_plays_it(tmp_path):
    """The page tells in its text what the video element says of the film."""
    record(tmp_path / "a.mp4", [grey(level, (320, 240)) for level in range(40, 100)])
    page = tmp_path / "page.html"
    page.write_text(
        "<body><video id=v muted src=a.mp4></video><script>"
        "v.ontimeupdate = () => { if (v.currentTime > 1)"
        " document.body.textContent = `${v.duration.toFixed(1)} ${v.videoWidth}x${v.videoHeight}` };"
        "v.onerror = () => { document.body.textContent = v.error.message };"
        "v.play()</script>"
    )
    options = (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--virtual-time-budget=60000",
    )
    done = subprocess.run(
        ["chromium", *options, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "3.0 320x240" in done.stdout
