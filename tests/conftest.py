"""What all tests need."""

import logging
import os
import signal
import sys
from importlib.metadata import version
from importlib.util import find_spec

# Threads that wait for each other by spinning make everything slow on a small, busy machine; read when
# torch and onnxruntime load.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# What a shell starts in the background ignores Ctrl-C, and what nohup starts a closed terminal; so would
# every program that a test starts and ends in this way.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

import pytest

from tests.cage import cage  # noqa: F401 - for all tests


@pytest.fixture(autouse=True)
def log_as_at_the_start():
    """A command sends the log of its process elsewhere for good; the tests after it would not hear it."""
    yield
    logging.captureWarnings(False)
    for name in ("gesturelrcn", "py.warnings"):
        logger = logging.getLogger(name)
        logger.handlers[:], logger.propagate = [], True
        logger.setLevel(logging.NOTSET)


def pytest_runtest_setup(item):
    if item.get_closest_marker("mediapipe") and find_spec("mediapipe") is None:
        pytest.skip("the extra mediapipe is not installed")


def may_be_skipped(item):
    """In CI: real clips are not part of the project, and MediaPipe is not for every Python and numpy."""
    if item.get_closest_marker("mediapipe"):
        return sys.version_info >= (3, 13) or not version("numpy").startswith("1.")
    return item.get_closest_marker("real_clips") is not None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """In CI nothing is skipped but what has to be."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not may_be_skipped(item):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where everything has to run: {report.longrepr}"
    return report
