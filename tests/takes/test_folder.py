"""The folder of takes: private, whole or not at all, and nothing but takes is ever touched."""

import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gesturelrcn.recordings.listing import read_index, read_listing
from gesturelrcn.takes.errors import TakeError
from gesturelrcn.takes.folder import TakeFolder, gesture_name, takes_folder
from gesturelrcn.training.config.config import DataSettings
from gesturelrcn.training.data.datasets import open_data_set
from tests.takes.made import a_film, a_take


@pytest.fixture
def folder(tmp_path: Path) -> TakeFolder:
    place = TakeFolder(tmp_path / "takes")
    place.make()
    return place


def everything(place: Path) -> set[str]:
    return {str(path.relative_to(place)) for path in place.rglob("*") if not path.is_dir()}


def test_a_take_with_its_film_is_there_and_only_the_user_can_read_it(folder: TakeFolder) -> None:
    os.umask(0o022)
    stored = folder.keep(a_take(), a_film(folder.new_film()))
    [there] = folder.takes("wave")
    assert (there.path, there.film) == (stored.path, stored.film)
    assert stored.film is not None
    assert folder.takes("stop") == []
    for path in (folder.path, *folder.path.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert len(everything(folder.path)) == 4, "the mark, the index, the film and what was seen"


def test_evaluation_and_training_read_the_index(folder: TakeFolder) -> None:
    folder.keep(a_take("my_salute"), a_film(folder.new_film()))
    folder.keep(a_take("none", activity="idle"), a_film(folder.new_film()))
    folder.keep(a_take("wave"), None)
    for listing in (read_listing(folder.path), read_index(folder.path, strict=True)):
        assert not listing.skipped
        salute, none = listing.clips
        assert (salute.gesture, salute.subject, salute.fps) == ("my_salute", "me", 20.0)
        assert (salute.onset, salute.stroke_end, salute.offset) == (0.5, 0.8, 1.1)
        assert (none.gesture, none.activity) == ("none", "idle")
        assert salute.path.is_file()


def test_a_config_of_a_training_may_name_it(folder: TakeFolder) -> None:
    """`gesturelrcn train` learns from the films, or from what was seen where there are none."""
    for _ in range(2):
        folder.keep(a_take("my_salute"), a_film(folder.new_film()))
    folder.keep(a_take("none", activity="idle"), None)
    facts = {"licence": "my own", "source": "me"}
    films = open_data_set(DataSettings("films", **facts), folder.path)
    assert (films.kind, films.gestures()) == ("index", {"my_salute": 2})
    seen = open_data_set(DataSettings("seen", kind="tracks", **facts), folder.path / "seen")
    assert seen.gestures() == {"my_salute": 2, "none": 1}


def test_older_takes_are_neither_lost_nor_read_again_by_another_session(folder: TakeFolder) -> None:
    folder.keep(a_take("wave"), None)
    again = TakeFolder(folder.path)
    again.make()
    again.keep(a_take("stop"), None)
    assert [stored.take.gesture for stored in again.takes()] == ["wave", "stop"]


@pytest.mark.parametrize(
    ("word", "name"), [("wave", "wave"), ("Raise hand", "raise_hand"), ("none", "none"), ("a2_b", "a2_b")]
)
def test_a_name(word: str, name: str) -> None:
    assert gesture_name(word) == name


@pytest.mark.parametrize(
    "word", ["", " ", "2", "../wave", "wave/x", "wäve", "a" * 41, "-wave", "a\nb;", "_x"]
)
def test_no_name(word: str) -> None:
    with pytest.raises(TakeError, match="no name for a gesture"):
        gesture_name(word)


def test_forgetting_one_gesture_leaves_the_others(folder: TakeFolder) -> None:
    for name in ("wave", "wave", "stop"):
        folder.keep(a_take(name), a_film(folder.new_film()))
    assert folder.gestures() == ["stop", "wave"]
    assert folder.forget("wave") == 2
    assert [stored.take.gesture for stored in folder.takes()] == ["stop"]
    assert not (folder.path / "films" / "wave").exists()
    assert [clip.gesture for clip in read_listing(folder.path).clips] == ["stop"]
    assert folder.forget("wave") == 0


def test_forgetting_all_leaves_nothing(folder: TakeFolder) -> None:
    folder.keep(a_take(), a_film(folder.new_film()))
    (folder.path / "seen" / "wave-damaged.npz").write_bytes(b"half")
    a_film(folder.new_film())  # of a program that was killed a moment ago
    assert folder.forget() == 2
    assert not folder.path.exists()
    assert TakeFolder(folder.path).forget() == 0


def test_what_is_no_take_stays(folder: TakeFolder, tmp_path: Path) -> None:
    folder.keep(a_take(), a_film(folder.new_film()))
    mine, elsewhere = folder.path / "notes.txt", tmp_path / "elsewhere"
    mine.write_text("mine")
    elsewhere.mkdir()
    (elsewhere / "a.mp4").write_bytes(b"mine")
    (folder.path / "films" / "away").symlink_to(elsewhere)
    (folder.path / "seen" / "away-1.npz").symlink_to(mine)
    assert folder.forget() == 1
    assert mine.read_text() == "mine"
    assert everything(elsewhere) == {"a.mp4"}


@pytest.mark.parametrize("link", [".", "films", "seen", "films/wave"])
def test_a_link_elsewhere_is_refused(tmp_path: Path, link: str) -> None:
    place, elsewhere = tmp_path / "takes", tmp_path / "elsewhere"
    if link != ".":
        TakeFolder(place).make()
    elsewhere.mkdir()
    if (place / link).is_dir():
        (place / link).rmdir()
    (place / link).symlink_to(elsewhere)

    def keep() -> None:
        folder = TakeFolder(place)
        folder.keep(a_take(), a_film(folder.new_film()))

    with pytest.raises(TakeError, match="is a link to another place"):
        keep()
    assert everything(elsewhere) == set()
    assert everything(place) <= {"takes.json", "films/wave"}


def test_the_usual_place_is_refused_where_a_link_leads_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    place = takes_folder()
    assert place == tmp_path / "data" / "gesturelrcn" / "takes"
    (tmp_path / "elsewhere").mkdir()
    place.parent.parent.mkdir()
    place.parent.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TakeError, match=f"{place.parent} is a link"):
        TakeFolder()


def test_a_folder_with_other_things_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "thesis.odt").write_text("mine")
    for act in (TakeFolder, lambda path: TakeFolder(path).make(), lambda path: TakeFolder(path).forget()):
        with pytest.raises(TakeError, match=r"holds other things \(thesis.odt, for example\)"):
            act(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_folder_that_is_empty_is_made_private(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    TakeFolder(tmp_path).make()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


@pytest.mark.parametrize("content", ["", "[]", '{"takes": 9}', '{"what": 1}'])
def test_a_folder_of_another_version_is_refused(folder: TakeFolder, content: str) -> None:
    (folder.path / "takes.json").write_text(content)
    with pytest.raises(TakeError, match=r"says nothing of takes|takes of version 9"):
        TakeFolder(folder.path)


def test_a_place_where_no_folder_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TakeError, match="is no folder"):
        TakeFolder(tmp_path / "file")
    with pytest.raises(TakeError, match=r"cannot be kept there|cannot be read"):
        TakeFolder(tmp_path / "file" / "below").make()


@pytest.fixture
def nobody() -> Iterator[Path]:
    """A folder of another user, below one that everybody may enter; run as that user where we are root."""
    place = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    place.chmod(0o755)
    (place / "takes").mkdir()
    root = os.geteuid() == 0
    if root:
        os.chown(place / "takes", 65534, 65534)
        os.seteuid(65534)
    yield place / "takes"
    os.seteuid(0 if root else os.geteuid())
    (place / "takes").chmod(0o700)
    shutil.rmtree(place)


def test_a_folder_that_may_only_be_read(nobody: Path) -> None:
    TakeFolder(nobody).make()
    (nobody / "seen").chmod(0o500)
    with pytest.raises(TakeError, match="takes cannot be kept there") as caught:
        TakeFolder(nobody).make()
    assert "(Permission denied)" in str(caught.value)


def test_what_a_killed_program_left_goes_after_a_while(folder: TakeFolder) -> None:
    stored = folder.keep(a_take(), a_film(folder.new_film()))
    half = a_film(folder.new_film())
    alone = a_film(folder.new_film()).rename(folder.path / "films" / "wave" / "alone.mp4")
    folder.make()
    assert half.exists(), "another program may be writing it"
    assert alone.exists()
    for path in (half, alone, stored.film):
        assert path is not None
        os.utime(path, (time.time() - 3600,) * 2)
    folder.make()
    assert not half.exists()
    assert not alone.exists()
    assert stored.film is not None
    assert stored.film.exists()


def test_a_take_that_cannot_be_read_is_named_and_left_out(
    folder: TakeFolder, caplog: pytest.LogCaptureFixture
) -> None:
    folder.keep(a_take(), None)
    (folder.path / "seen" / "wave-1.npz").write_bytes(b"half")
    assert len(folder.takes()) == 1
    assert "wave-1.npz is no take" in caplog.text
    folder.keep(a_take(), None)
    assert len(folder.takes()) == 2


def test_a_film_that_was_removed_by_hand_is_not_listed(folder: TakeFolder) -> None:
    stored = folder.keep(a_take(), a_film(folder.new_film()))
    assert stored.film is not None
    stored.film.unlink()
    [there] = folder.takes()
    assert there.film is None
    folder.write_index()
    assert len((folder.path / "index.csv").read_text().splitlines()) == 1


FULL = """if True:
    import resource, sys
    from pathlib import Path
    from gesturelrcn.takes.errors import TakeError
    from gesturelrcn.takes.folder import TakeFolder
    from tests.takes.made import a_film, a_take
    folder = TakeFolder(Path(sys.argv[1]))
    folder.make()
    folder.keep(a_take(), a_film(folder.new_film()))
    film = a_film(folder.new_film())
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    try:
        folder.keep(a_take(), film)
    except TakeError as problem:
        print(problem)
    """


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    """No file may grow beyond some bytes any more: writing fails in the midst, as on a full disk."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "takes")], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("This take is not kept, those before it are: ")
    assert "File too large" in done.stdout
    folder = TakeFolder(tmp_path / "takes")
    assert len(folder.takes()) == 1
    assert len(everything(folder.path)) == 4, "nothing of the second"
