"""What the libraries below capture would say on stderr stays unsaid; capture says it in one sentence."""

import subprocess
import sys

import pytest

from tests.capture.clips import cut, write_clip

PROGRAM = """if True:
    {first}
    import logging, sys
    logging.getLogger("gesturelrcn").addHandler(logging.NullHandler())
    from gesturelrcn.capture import open_source
    from gesturelrcn.errors import CaptureError
    for spec in sys.argv[1:]:
        try:
            with open_source(spec) as source:
                print(len(list(source)))
        except CaptureError as error:
            print(error)
    """


@pytest.mark.parametrize("first", ["pass", "import cv2"])
def test_bad_input_makes_no_noise_on_stderr(tmp_path, first):
    text = tmp_path / "text.mp4"
    text.write_text("text\n" * 100)
    specs = [
        text,
        cut(write_clip(tmp_path / "a.mp4"), 0.5),
        cut(write_clip(tmp_path / "b.avi"), 0.5),
        cut(write_clip(tmp_path / "c.mkv"), 0.5),
        "99",
        "http://127.0.0.1:9/x",
        "rtsp://127.0.0.1:9/x",
    ]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(first=first), *map(str, specs)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == len(specs), "one line each"


def test_importing_the_package_loads_no_opencv():
    done = subprocess.run(
        [sys.executable, "-c", "import sys, gesturelrcn; print('cv2' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"
