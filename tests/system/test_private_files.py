"""Nobody else can read what shows or tells what somebody did."""

import stat
import sys
from pathlib import Path

import pytest

from gesturelrcn.actions import Bindings, Dispatcher, RecordingInjector
from gesturelrcn.evaluation.stream_files import write_streams
from gesturelrcn.recordings.clip import Clip
from gesturelrcn.recordings.listing import read_listing
from gesturelrcn.system.private_files import make_private
from gesturelrcn.trace import TraceFrame, TraceSetting, TraceWriter, write_lines
from gesturelrcn.training.teacher.teacher import label_clips
from tests.training.tiny_data import cut_sample

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_to_all(path: Path) -> Path:
    path.write_text("old")
    path.chmod(0o644)
    return path


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    cut_sample(folder / "mine")
    return folder / "mine"


def test_one_that_is_there_keeps_its_content_and_loses_its_readers(tmp_path: Path) -> None:
    path = open_to_all(tmp_path / "file")
    make_private(path)
    assert (rights(path), path.read_text()) == (0o600, "old")


def test_a_device_keeps_its_rights() -> None:
    before = rights(Path("/dev/null"))
    make_private(Path("/dev/null"))
    assert rights(Path("/dev/null")) == before


@pytest.mark.parametrize("there", [False, True])
def test_a_trace_while_it_is_written_and_when_it_is_saved(tmp_path: Path, there: bool) -> None:
    folder, saved = tmp_path / "trace" / "1", tmp_path / "saved.jsonl"
    if there:
        folder.mkdir(parents=True)
        open_to_all(folder / "a.jsonl")
        open_to_all(saved)
    setting = TraceSetting("camera 0", "test", ("none",), {})
    with (
        Dispatcher(Bindings(), RecordingInjector(), ticking=False) as dispatcher,
        TraceWriter(folder, setting, dispatcher) as writer,
    ):
        writer.saw(TraceFrame(1.0), None)
        assert rights(folder / "a.jsonl") == 0o600
    write_lines(saved, [{"kind": "begin"}])
    assert rights(saved) == 0o600
    assert there or rights(folder) == 0o700


def test_films_made_of_clips_and_their_truth(clips: Path, tmp_path: Path) -> None:
    paths = list(write_streams(read_listing(clips), tmp_path / "streams"))
    assert paths
    assert {rights(path) for path in (tmp_path / "streams").iterdir()} == {0o600}


@pytest.mark.mediapipe
def test_pictures_that_training_keeps(clips: Path, tmp_path: Path) -> None:
    path = min((clips / "point_right").iterdir())
    assert label_clips([Clip(path, "a", "A", "point_right", 1.0, 10.0, 0.8)], tmp_path) == 1
    assert {rights(path) for path in tmp_path.iterdir()} == {0o600}
