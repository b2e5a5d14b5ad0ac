import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from Xlib.display import Display

from gesturelrcn import GestureEvent, Phase
from tests.xvfb import XServer


@pytest.fixture(scope="session")
def x_server() -> Iterator[XServer]:
    with XServer() as server:
        yield server


@pytest.fixture
def display(x_server: XServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Display]:
    """A connection to an X server that DISPLAY names."""
    monkeypatch.setenv("DISPLAY", x_server.display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    connection = Display(x_server.display)
    yield connection
    connection.close()


# python-xlib does not close its socket where it cannot connect.
no_display = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def write_bindings(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "bindings.toml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def event(gesture: str, phase: str = "start", at: float = 0.0, number: int = 1) -> GestureEvent:
    return GestureEvent(gesture, Phase(phase), number, 0.9, captured_at=at, decided_at=at)


def whole_gesture(
    gesture: str, begin: float, end: float, number: int, step: float = 0.1
) -> list[GestureEvent]:
    """Start, a hold every `step` seconds, and end, as a recogniser reports them."""
    times = itertools.takewhile(lambda at: at < end, (begin + step * n for n in itertools.count(1)))
    return [
        event(gesture, "start", begin, number),
        *(event(gesture, "hold", at, number) for at in times),
        event(gesture, "end", end, number),
    ]
