"""What all tests need."""

import os

# Threads that wait for each other by spinning make everything slow on a small, busy machine; read when
# torch and onnxruntime load.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import pytest

from tests.cage import cage  # noqa: F401 - for all tests


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """In CI nothing is skipped but the tests on real clips, which are not part of the project."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not item.get_closest_marker("real_clips"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where everything has to run: {report.longrepr}"
    return report
