"""The checks before a commit are those of `make check`, run without a network, and stop what is wrong."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.cage import Cage
from tests.packaging.conftest import ROOT

HOOKS = [
    hook
    for repo in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    for hook in repo["hooks"]
]
RIGHT = '"""A module."""\n\nNUMBER: int = 1\n'
WRONG = {
    "ruff": '"""A module."""\n\nimport os\n',
    "ruff-format": '"""A module."""\n\nNUMBER : int=1\n',
    "mypy": '"""A module."""\n\nNUMBER: int = "one"\n',
}


def test_they_are_those_of_make_check() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = makefile.partition("\ncheck:")[2].partition("\n\n")[0]
    for hook in HOOKS:
        program = hook["entry"].replace(" --force-exclude", "")
        assert program.replace(".venv/bin", "$(BIN)") in recipe
        assert hook["language"] == "system", "nothing is fetched"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty repository with this project's settings and environment."""
    for name in (".pre-commit-config.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    (tmp_path / ".gitignore").write_text(".venv\n.mypy_cache\n.ruff_cache\n")
    (tmp_path / "gesturelrcn").mkdir()
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def checked(repository: Path, text: str) -> dict[str, bool]:
    """Whether each hook is content with a module."""
    (repository / "gesturelrcn" / "__init__.py").write_text(text)
    subprocess.run(["git", "-C", str(repository), "add", "."], check=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "SKIP"))}
    verdicts = {}
    for hook in HOOKS:
        done = subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", hook["id"], "--all-files"],
            cwd=repository,
            env=environment | {"PRE_COMMIT_HOME": str(repository / ".git" / "hooks-home")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (0, 1), done.stdout + done.stderr
        verdicts[hook["id"]] = done.returncode == 0
    return verdicts


def test_they_let_through_what_is_right(repository: Path, cage: Cage) -> None:
    assert checked(repository, RIGHT) == dict.fromkeys(WRONG, True)
    assert cage.tried() == []


def test_each_stops_what_it_is_for(repository: Path) -> None:
    for hook, text in WRONG.items():
        assert checked(repository, text)[hook] is False, hook
