"""What `make` sees to before it installs anything."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from gesturelrcn.toml.positions import parse_toml
from tests.packaging.conftest import ROOT

SCRIPT = ROOT / "setup" / "system-packages"


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """A folder that comes first on the PATH, with an apt-get that only notes what it is told."""
    folder = tmp_path / "commands"
    folder.mkdir()
    command(folder / "apt-get", f'echo "$@" >> {tmp_path}/installed')
    return folder


def command(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def set_up(task: str, python: object, commands: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [SCRIPT, task, str(python)],
        env={**os.environ, "PATH": f"{commands}:/usr/bin:/bin:/usr/sbin:/sbin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_python_that_does_not_do_is_told_before_anything_is_installed(commands: Path) -> None:
    command(commands / "old", 'test "$1" = --version && echo "Python 3.9.2" || exit 1')
    for name in ("python3.12", "python3.11"):
        command(commands / name, "exit 127")  # as a shim of pyenv that has none
    (commands / "python3.10").symlink_to(sys.executable)
    done = set_up("demo", "old", commands)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Python 3.9.2 is not supported: say PYTHON=... with Python 3.10 or later, "
        "as in 'make demo PYTHON=python3.10'.\n"
    )
    assert not (commands.parent / "installed").exists()


def test_where_all_is_there_nothing_is_installed_or_said(commands: Path) -> None:
    done = set_up("test", sys.executable, commands)
    if "Missing on this machine" in done.stderr:
        pytest.skip(done.stderr)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (commands.parent / "installed").exists()


def test_a_library_listed_long_before_the_end_is_found(commands: Path) -> None:
    script = """echo "	libgthread-2.0.so.0 (libc6) => /lib/libgthread-2.0.so.0"
echo "	libGL.so.1 (libc6) => /lib/libGL.so.1"
echo "	libEGL.so.1 (libc6) => /lib/libEGL.so.1"
echo "	libEGL_mesa.so.0 (libc6) => /lib/libEGL_mesa.so.0"
sleep 0.3
seq 100000"""
    command(commands / "ldconfig", script)
    done = set_up("test", sys.executable, commands)
    for package in ("libglib2.0-0", "libgl1", "libegl1", "libegl-mesa0"):
        assert not re.search(rf"{re.escape(package)}\b(?!-)", done.stdout + done.stderr), done.stderr


def test_a_library_that_is_not_listed_is_missing(commands: Path) -> None:
    command(commands / "ldconfig", 'echo "	libgthread-2.0.so.0 (libc6) => /lib/libgthread-2.0.so.0"')
    done = set_up("demo", sys.executable, commands)
    assert done.returncode == 1
    assert "libgl1" in done.stderr
    assert "libglib2.0-0" not in done.stderr
    assert "libgl1" in (commands.parent / "installed").read_text()


def test_the_pythons_are_those_of_the_project() -> None:
    """Those that are offered are tested, and with later ones nobody is sent away."""
    script = SCRIPT.read_text(encoding="utf-8")
    project = parse_toml((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[0]["project"]
    allowed = SpecifierSet(project["requires-python"])
    every = [f"3.{minor}" for minor in range(8, 16)]
    found = re.search(r"pythons=\((.*)\)", script)
    assert found is not None
    named = {name.removeprefix("python") for name in found[1].split()}
    tested = {line.rpartition(" ")[2] for line in project["classifiers"] if ":: Python :: 3." in line}
    assert named == tested
    assert named <= {version for version in every if version in allowed}
    check = re.search(r"sys\.exit\(not (.*?)\)' ", script)
    assert check is not None
    for version in every:
        fits = eval(check[1].replace("sys.version_info", str((3, int(version[2:]), 0))))
        assert fits == (version in allowed), version
