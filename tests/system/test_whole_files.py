"""Files are there whole or not at all."""

import pytest

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.system.whole_files import open_whole, remove_parts, write_whole


def test_a_file_gets_its_name_when_it_is_whole(tmp_path):
    path = tmp_path / "letter.txt"
    with open_whole(path) as file:
        file.write(b"Dear ")
        file.flush()
        assert not path.exists()
        file.write(b"you")

    assert path.read_bytes() == b"Dear you"
    assert list(tmp_path.iterdir()) == [path]


def test_what_breaks_off_leaves_the_file_of_before(tmp_path):
    path = tmp_path / "letter.txt"
    write_whole(path, b"before")
    with pytest.raises(TypeError), open_whole(path) as file:
        file.writelines([b"half", None])

    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("folder", ["missing", "file"])
def test_a_folder_that_is_none_is_one_sentence(tmp_path, folder):
    (tmp_path / "file").touch()

    with pytest.raises(GestureLrcnError, match=rf"{folder}/letter\.txt cannot be written .*that has room"):
        write_whole(tmp_path / folder / "letter.txt", b"Dear")


def test_only_parts_are_removed(tmp_path):
    kept = {tmp_path / name for name in ("letter.txt", ".hidden", "a.part")}
    for path in (*kept, tmp_path / ".letter.txt.12.part"):
        path.touch()
    remove_parts(tmp_path)

    assert set(tmp_path.iterdir()) == kept
