from itertools import islice

import cv2
import numpy as np
import pytest

from gesturelrcn.synthesis.dataset import backgrounds as rooms
from gesturelrcn.synthesis.errors import SynthesisError

SIZE = 64


@pytest.fixture(scope="module")
def some(renderer):
    """Pictures of two rooms; asking for a renderer skips where there is no EGL."""
    stream = rooms.backgrounds(np.random.default_rng(5), SIZE)
    examples = list(islice(stream, 2 * rooms.VIEWS_PER_ROOM))
    stream.close()
    return examples


def test_pictures_show_something_and_no_two_the_same(some):
    for picture in some:
        assert (picture.shape, picture.dtype) == ((SIZE, SIZE, 3), np.uint8)
        assert picture.std() > 5
    assert len({picture.tobytes() for picture in some}) == len(some)


def test_files_are_the_same_for_the_same_seed_and_not_made_again(some, tmp_path):
    first = rooms.write_backgrounds(tmp_path / "a", 3, 3, SIZE)
    assert [path.name for path in first] == [f"rooms-3-0000{number}.jpg" for number in range(3)]
    assert rooms.write_backgrounds(tmp_path / "a", 3, 3, SIZE) == []
    first[-1].unlink()  # as if it had been killed before the last
    assert len(rooms.write_backgrounds(tmp_path / "a", 3, 3, SIZE)) == 3
    assert rooms.main([str(tmp_path / "b"), "--seed", "3", "--pictures", "3", "--size", str(SIZE)]) == 0
    for path in first:
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
    assert cv2.imread(str(first[0])).shape == (SIZE, SIZE, 3)


def test_a_folder_that_cannot_be_made_is_one_sentence(some, tmp_path, capsys):
    (tmp_path / "file").touch()
    with pytest.raises(SynthesisError, match=r"cannot be written to .*file.*choose another folder"):
        rooms.write_backgrounds(tmp_path / "file", 0, 1, SIZE)
    assert rooms.main([str(tmp_path / "file"), "--pictures", "1"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
