"""Shards are whole, kept, and depend on their seed and number only."""

import numpy as np
import pytest

from gesturelrcn.errors import GestureLrcnError
from gesturelrcn.synthesis.dataset.shards import Shards


def numbers(rng):
    """Random numbers without end."""
    while True:
        yield rng.random()


def arrays(examples):
    return {"x": np.array(examples)}


def read(path):
    with np.load(path, allow_pickle=False) as shard:
        assert shard.files == ["x"]
        return list(shard["x"])


def write(shards, total, size):
    return shards.write_all(total, size, lambda number: numbers(shards.rng(number)), arrays)


def test_the_last_shard_has_the_rest(tmp_path):
    written = write(Shards(tmp_path / "new" / "folder", "dice", 7), 5, 2)

    assert [path.name for path in written] == ["dice-7-000.npz", "dice-7-001.npz", "dice-7-002.npz"]
    assert [len(read(path)) for path in written] == [2, 2, 1]
    assert sorted(tmp_path.rglob("*.*")) == written


def test_what_is_there_is_kept_and_what_is_missing_made_as_it_was(tmp_path):
    shards = Shards(tmp_path, "dice", 7)
    before = [read(path) for path in write(shards, 4, 2)]
    shards.path(0).unlink()
    stamp = shards.path(1).stat().st_mtime_ns

    assert shards.count() == 1
    assert write(shards, 4, 2) == [shards.path(0)]
    assert [read(shards.path(number)) for number in (0, 1)] == before
    assert shards.path(1).stat().st_mtime_ns == stamp
    assert before[0] != before[1]
    assert read(*write(Shards(tmp_path, "dice", 8), 2, 2)) not in before


def test_a_shard_that_breaks_off_is_not_there(tmp_path):
    def broken(number):
        yield 1.0
        raise GestureLrcnError("no EGL")

    shards = Shards(tmp_path, "dice", 7)
    with pytest.raises(GestureLrcnError, match="no EGL"):
        shards.write_all(2, 2, broken, arrays)
    with pytest.raises(ValueError, match="inhomogeneous"):
        shards.write(0, (one for one in ([1], [1, 2])), 2, arrays)

    assert list(tmp_path.iterdir()) == []


def test_a_stream_is_closed_when_its_shard_is_written_and_when_it_is_kept(tmp_path):
    shards = Shards(tmp_path, "dice", 7)
    for _ in range(2):
        stream = numbers(shards.rng(0))
        shards.write(0, stream, 1, arrays)
        assert list(stream) == []


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(GestureLrcnError, match=r"^Shards cannot be written to .*file.*choose another folder"):
        write(Shards(tmp_path / "file", "dice", 7), 1, 1)
