"""What native libraries are told, or do to the environment, is nobody else's business."""

import ctypes
import os
import subprocess
import sys

import pytest

from gesturelrcn.system.environment import for_native_code, kept_as_it_is

native = ctypes.CDLL(None).getenv
native.restype = ctypes.c_char_p


def test_native_code_is_told_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_THE_USER", "kept")
    before = dict(os.environ)
    with for_native_code(OURS="1", OF_THE_USER="2"):
        with for_native_code(OURS="1"):
            assert (native(b"OURS"), native(b"OF_THE_USER")) == (b"1", b"kept")
        assert native(b"OURS") == b"1"  # another thread's block ended
        assert dict(os.environ) == before
    assert (native(b"OURS"), native(b"OF_THE_USER")) == (None, b"kept")


def test_what_a_library_sets_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_THE_USER", "kept")
    before = dict(os.environ)
    with kept_as_it_is() as set_by_it:
        os.environ |= {"OF_THE_USER": "", "NEW": "1"}
    assert dict(os.environ) == before
    assert set_by_it == {"OF_THE_USER": "", "NEW": "1"}


HOST = """
import os, subprocess
def seen():
    lines = subprocess.run(["env", "-0"], stdout=subprocess.PIPE, check=True).stdout.split(bytes(1))
    return dict(os.environ), sorted(line for line in lines if not line.startswith(b"_="))
before = seen()
from gesturelrcn import Recognizer, open_source
from gesturelrcn.model import assets
import gesturelrcn.overlay, gesturelrcn.annotation, gesturelrcn.evaluation
recognizer = Recognizer(locator="people")
with open_source(assets() / "sample.mp4") as source:
    recognizer.process(next(iter(source)))
MORE
print(seen() == before, *(set(os.environ) - set(before[0])))
"""
MEDIAPIPE = "from gesturelrcn.region import person_locator; person_locator('mediapipe').close()"


@pytest.mark.parametrize("more", ["", pytest.param(MEDIAPIPE, marks=pytest.mark.mediapipe)])
def test_the_environment_of_a_host_and_of_its_children_stays_as_it_was(more: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HOST.replace("MORE", more)], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("True\n", "")
