"""Processors are those that this process may use, not those that the machine has."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gesturelrcn.system.processors import cores


def test_by_affinity() -> None:
    code = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "from gesturelrcn.system.processors import cores; print(cores())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)))


@pytest.mark.parametrize(
    ("own", "files", "expected"),
    [
        ("0::/\n", {"cpu.max": "150000 100000"}, 2),
        ("0::/\n", {"cpu.max": "max 100000"}, 16),
        ("0::/a/b\n", {"a/cpu.max": "300000 100000", "a/b/cpu.max": "max 100000"}, 3),
        ("0::/of/the/host\n", {"cpu.max": "50000 100000"}, 1),
        (
            "5:cpu,cpuacct:/job\n4:memory:/job\n",
            {"cpu,cpuacct/job/cpu.cfs_quota_us": "400000", "cpu,cpuacct/job/cpu.cfs_period_us": "100000"},
            4,
        ),
        ("5:cpu:/\n", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 16),
        ("0::/\n", {"cpu.max": "broken"}, 16),
    ],
)
@pytest.mark.usefixtures("many")
def test_by_the_quota_of_its_group(tmp_path: Path, own: str, files: dict[str, str], expected: int) -> None:
    (tmp_path / "own").write_text(own)
    for name, content in files.items():
        path = tmp_path / "groups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content + "\n")
    assert cores(tmp_path / "groups", tmp_path / "own") == expected


@pytest.mark.usefixtures("many")
def test_where_nothing_tells_of_groups(tmp_path: Path) -> None:
    assert cores(tmp_path, tmp_path / "none") == 16
