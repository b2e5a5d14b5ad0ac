"""The wheel and the sdist, built once, and an environment that has the wheel and what it asks for."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Built:
    """What `python -m build` made of `tree`, a copy of this project."""

    tree: Path
    wheel: Path
    sdist: Path


def build(tree: Path, out: Path, *what: str) -> None:
    # Without isolation: the build backend is the pinned one of this environment, and nothing is fetched.
    command = [sys.executable, "-m", "build", "--no-isolation", *what, "--outdir", str(out), str(tree)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The sdist of this tree, and the wheel that is built from the sdist."""
    out, tree = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("tree")
    left_out = shutil.ignore_patterns("__pycache__", ".*", "runs", "dist", "site", "build")
    shutil.copytree(ROOT, tree, ignore=left_out, dirs_exist_ok=True)
    shutil.copy(ROOT / ".gitignore", tree)  # the build goes by it
    build(tree, out)
    [wheel], [sdist] = out.glob("*.whl"), out.glob("*.tar.gz")
    return Built(tree, wheel, sdist)


def asked_for(distribution: str, seen: dict[str, importlib.metadata.Distribution]) -> None:
    """Add what a distribution needs, extras aside, and what that needs in turn."""
    for line in importlib.metadata.distribution(distribution).requires or []:
        needed = Requirement(line)
        if needed.marker is not None and not needed.marker.evaluate({"extra": ""}):
            continue
        if needed.name.lower() not in seen:
            seen[needed.name.lower()] = importlib.metadata.distribution(needed.name)
            asked_for(needed.name, seen)


def link(distribution: importlib.metadata.Distribution, site: Path) -> None:
    """Put the files of an installed distribution where another environment finds them."""
    for file in distribution.files or []:
        source, target = Path(str(distribution.locate_file(file))), site / file
        if ".." in file.parts or not source.is_file():  # scripts, and byte code that was never made
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():  # two packages that own one file
            continue
        try:
            os.link(source, target)
        except OSError:  # another disk
            target.symlink_to(source)


@dataclass(frozen=True)
class Installed:
    """An environment of its own.

    Attributes:
        folder: the environment.
        home: the only folder of a user that programs see; empty at the beginning.
    """

    folder: Path
    home: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def __call__(self, *command: object, display: str | None = None) -> "subprocess.CompletedProcess[str]":
        """Run a program of this environment as a new user would, somewhere else than in the checkout."""
        program, *arguments = map(str, command)
        kept = ("PATH", "LANG", "LC_ALL", "TMPDIR", "OMP_NUM_THREADS", "OMP_WAIT_POLICY")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        if display is not None:
            environment["DISPLAY"] = display
        return subprocess.run(
            [str(self.folder / "bin" / program), *arguments],
            cwd=self.home,
            env=environment | {"HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )


@pytest.fixture(scope="session")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An empty environment, then the wheel by pip, then what the wheel's own metadata ask for.

    Fetching 400 MB of dependencies anew takes minutes on a slow line, so they are linked from this
    environment, each with the version that is tested here; what nothing asks for is not there.
    """
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    environment = Installed(folder, tmp_path_factory.mktemp("home"))
    install = ["install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    pip = [sys.executable, "-m", "pip", "--python", str(environment.python)]
    subprocess.run([*pip, *install, str(built.wheel)], check=True, cwd=environment.home)
    [site] = folder.glob("lib/python*/site-packages")
    needed: dict[str, importlib.metadata.Distribution] = {}
    for line in importlib.metadata.PathDistribution(next(site.glob("*.dist-info"))).requires or []:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            needed[requirement.name.lower()] = importlib.metadata.distribution(requirement.name)
            asked_for(requirement.name, needed)
    for distribution in needed.values():
        link(distribution, site)
    return environment


@pytest.fixture
def pip_check(installed: Installed) -> Callable[[], "subprocess.CompletedProcess[str]"]:
    """Whether everything that somebody asks for is there, in a version that fits."""
    command = [sys.executable, "-m", "pip", "--python", str(installed.python), "check"]
    return lambda: subprocess.run(
        [*command, "--disable-pip-version-check"], capture_output=True, text=True, check=False
    )
