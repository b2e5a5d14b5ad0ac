"""Bad files of every kind are refused with a sentence: no crash, no hang, no traceback.

A few of each here; `python -m tests.fuzz` tries thousands. What that found is in `KEPT`.
"""

import io
import os
import struct
import zipfile

import pytest

from tests.fuzz.__main__ import fuzz
from tests.fuzz.kinds import KINDS
from tests.fuzz.reading import reading

FEW = 12


def npz(head: bytes, name: str = "keypoints.npy") -> bytes:
    """A whole file of arrays, of one array that says this of itself."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as arrays:
        arrays.writestr(name, b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head)
    return file.getvalue()


KEPT = [
    pytest.param("track", npz(b"{'descr': '<f8', 'fortran_order'\n"), id="arrays with half a head"),
    pytest.param(
        "track",
        npz(b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999, 99999999)}\n"),
        id="arrays larger than the memory",
    ),
    pytest.param("track", KINDS["track"].seeds()[0][:900], id="arrays that are cut off"),
    pytest.param("tracks", b"", id="no arrays"),
    pytest.param("card", b'{"a":' * 3000, id="card nested too deeply"),
    pytest.param("predictions", b'{"stream":' * 3000, id="predictions nested too deeply"),
    pytest.param(
        "film truth", b'{"gesture": \xe7' + b"A" * 9000, id="truth of which all was shown in the message"
    ),
    pytest.param("predictions", b"\xff" * 9000, id="predictions of which all were shown in the message"),
    pytest.param("training", b'name = "a"\nmin_fps = ' + b"9" * 400, id="a number too large for a float"),
    pytest.param("vocabulary", b"[posture." + b"A" * 5000 + b"]\nwrst = 1\n", id="a name of 5000 letters"),
    pytest.param(
        "index of clips", b"path,gesture\n../../../etc/passwd,wave\n", id="a path out of the folder"
    ),
    pytest.param(
        "card",
        KINDS["card"].seeds()[0].replace(b'"start_after"', b'"' + b"A" * 5000 + b'"', 1),
        id="a card with a long name in a threshold",
    ),
    pytest.param("trace", b"", id="an empty trace"),
    pytest.param("trace", b'{"kind": "begin", "version": 1}\n', id="a trace of nothing but its first word"),
    pytest.param(
        "trace",
        KINDS["trace"].seeds()[0].replace(b'"start_after"', b'"../../../etc/passwd"', 1),
        id="a trace with a threshold that nobody knows",
    ),
    pytest.param(
        "trace",
        KINDS["trace"].seeds()[0].replace(b'"meaning"', b'"' + b"A" * 5000 + b'"', 1),
        id="a trace with a long name in a decision",
    ),
    pytest.param("index of clips", b"path,gesture\n/etc/passwd,wave\n", id="a path from the root"),
    pytest.param(
        "index of clips", b"path,gesture\n" + b"9" * 5000 + b",wave\n", id="a name no file can have"
    ),
]
"""Inputs that were bugs once."""


@pytest.fixture(scope="module")
def reader():
    with reading() as reader:
        yield reader


@pytest.mark.parametrize("kind", KINDS)
def test_good_files_are_read(reader, kind):
    for content in KINDS[kind].seeds():
        assert reader.verdict(kind, content) == "read"


@pytest.mark.parametrize("kind", KINDS)
def test_bad_files_are_read_or_refused(reader, kind):
    counts, found = fuzz(reader, kind, FEW, start=1)
    assert not found
    assert counts["refused"] > 0


@pytest.mark.parametrize(("kind", "content"), KEPT)
def test_what_was_a_bug_once_is_refused(reader, kind, content):
    assert reader.verdict(kind, content).startswith("refused: ")


def test_a_reader_that_dies_is_a_bug_and_the_next_file_is_read():
    with reading() as reader:
        assert reader.verdict("bindings", b"").startswith(("read", "refused"))
        os.kill(reader.worker.pid, 9)
        assert reader.verdict("bindings", b"").startswith("bug: the process died")
        assert reader.verdict("bindings", b"").startswith(("read", "refused"))
