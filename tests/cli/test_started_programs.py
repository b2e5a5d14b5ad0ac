"""Programs that a gesture starts."""

import os
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Program
from tests.xvfb import XServer


def test_they_get_the_environment_that_the_user_has(
    gesturelrcn: Program,
    eager_model: Callable[..., Path],
    clip: Path,
    tmp_path: Path,
    x_server: XServer,
) -> None:
    """OpenCV's path of libraries would begin in the current folder, and its Qt would break theirs."""
    seen, bindings = tmp_path / "seen", tmp_path / "bindings.toml"
    bindings.write_text(
        "[options]\ncommands = true\n\n"
        f'[[bind]]\ngesture = "point_right"\ndo = "shell env -0 > {seen}.part; mv {seen}.part {seen}"\n'
    )
    arguments = ("run", clip, "--realtime", "--bindings", bindings, "--model", eager_model())
    done = gesturelrcn(*arguments, display=x_server.display)
    assert done.stderr == ""
    got = dict(line.split("=", 1) for line in seen.read_text().split("\0") if line)
    of_the_shell = ("_", "PWD", "OLDPWD", "SHLVL", "DISPLAY")
    mine = {**os.environ}
    for name in of_the_shell:
        got.pop(name, None)
        mine.pop(name, None)
    assert got == mine
