"""What the project asks for can be had, and its bounds are those that are tested."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from gesturelrcn.toml.positions import parse_toml
from tests.packaging.conftest import ROOT

PROJECT = parse_toml((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[0]["project"]
EXTRAS = PROJECT["optional-dependencies"]


def pins(name: str) -> dict[str, set[Version]]:
    """The versions that a file of constraints names for each package; one for each marker."""
    pinned: dict[str, set[Version]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            requirement = Requirement(line)
            [only] = requirement.specifier
            assert only.operator == "==", line
            pinned.setdefault(requirement.name, set()).add(Version(only.version))
    return pinned


def requirements(*extras: str) -> list[Requirement]:
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in EXTRAS[extra])]
    return [Requirement(line) for line in lines]


def test_the_oldest_versions_that_are_allowed_are_those_that_are_tested() -> None:
    oldest = pins("constraints-oldest.txt")
    for requirement in requirements(*(set(EXTRAS) - {"docs", "dev"})):
        least = [each for each in requirement.specifier if each.operator in (">=", "==")]
        assert len(least) == 1, f"{requirement} has no lower bound"
        [version] = oldest[requirement.name]
        # Of several that are allowed by the same words (>=4.10: 4.10.0.82 and .84) any will do.
        release = Version(least[0].version).release
        assert version.release[: len(release)] == release, f"{requirement}, but {version} is tested"


def test_the_newest_versions_are_of_all_that_is_asked_for_and_no_older_than_the_usual_ones() -> None:
    usual, newest = pins("constraints.txt"), pins("constraints-newest.txt")
    for requirement in requirements(*(set(EXTRAS) - {"mediapipe"})):
        there = requirement.marker is None or requirement.marker.evaluate({"python_version": "3.13"})
        assert requirement.name in newest or not there, f"{requirement} is not pinned"
    for name, versions in newest.items():
        assert max(versions) >= max(usual.get(name, versions)), name
    assert "mediapipe" not in newest, "it holds back others"
    for name in ("numpy", "opencv-contrib-python", "protobuf"):
        assert min(newest[name]).major > min(usual[name]).major, f"{name} is as old as MediaPipe wants it"


def test_every_pin_is_allowed() -> None:
    for name in ("constraints.txt", "constraints-oldest.txt", "constraints-newest.txt"):
        pinned = pins(name)
        for requirement in requirements(*EXTRAS):
            for version in pinned.get(requirement.name, set()):
                assert version in requirement.specifier, f"{name}: {requirement}, but {version} is pinned"


def dry_run(target: Path, python: str, processor: str, *requested: str) -> "subprocess.CompletedProcess[str]":
    """What pip would install on another machine: it resolves all, and downloads and installs nothing."""
    platforms = [f"manylinux_2_28_{processor}", f"manylinux_2_17_{processor}", f"manylinux2014_{processor}"]
    return subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"),
            *("--disable-pip-version-check", "--only-binary=:all:", "--target", str(target)),
            *("--implementation", "cp", "--python-version", python),
            *(word for each in platforms for word in ("--platform", each)),
            *requested,
        ],
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )


@pytest.fixture(scope="module")
def package_index(tmp_path_factory: pytest.TempPathFactory) -> None:
    done = dry_run(tmp_path_factory.mktemp("probe"), "3.11", "x86_64", "six")
    if done.returncode:
        pytest.skip("no package index can be reached")


@pytest.mark.parametrize(
    ("python", "processor"),
    [("3.10", "aarch64"), ("3.11", "aarch64"), ("3.13", "aarch64"), ("3.14", "aarch64"), ("3.14", "x86_64")],
)
@pytest.mark.usefixtures("package_index")
def test_everything_is_there_without_a_compiler(tmp_path: Path, python: str, processor: str) -> None:
    """On a Raspberry Pi, in a container on a Mac, and with Pythons that are not on this machine."""
    assert_can_be_had(tmp_path, python, processor, *for_python(python, requirements()))


@pytest.mark.parametrize(
    ("name", "python"),
    [("constraints.txt", "3.13"), ("constraints-oldest.txt", "3.10"), ("constraints-newest.txt", "3.13")],
)
@pytest.mark.usefixtures("package_index")
def test_the_pinned_versions_go_together(tmp_path: Path, name: str, python: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pinned = for_python(python, [Requirement(line) for line in lines if line and not line.startswith("#")])
    (tmp_path / "pinned.txt").write_text("\n".join(pinned))
    asked = for_python(python, requirements())
    # What a package says of Pythons, pip would compare with its own; that there is a wheel says enough.
    more = ("--ignore-requires-python", "-c", str(tmp_path / "pinned.txt"))
    assert_can_be_had(tmp_path / "target", python, "x86_64", *asked, *more)


def for_python(python: str, lines: list[Requirement]) -> list[str]:
    """Those that count on Linux with that Python. Pip looks at the marks of its own Python instead."""
    there = {"sys_platform": "linux", "python_version": python}
    counting = [each for each in lines if each.marker is None or each.marker.evaluate(there)]
    return [f"{each.name}{each.specifier}" for each in counting]


def assert_can_be_had(target: Path, python: str, processor: str, *requested: str) -> None:
    done = dry_run(target, python, processor, *requested)
    complaints = [line for line in done.stderr.splitlines() if not re.match("WARNING: (Location|Url) ", line)]
    assert (done.returncode, complaints) == (0, [])
