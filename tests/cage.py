"""Python that cannot reach another computer, and tells what it tried."""

import os
from pathlib import Path

import pytest

FORBID = """if True:
    # As sitecustomize: in force in every Python that this one starts, too.
    import os, sys

    def forbid(event, arguments):
        if event in ("socket.connect", "socket.sendto", "socket.bind"):
            where = arguments[1]
            local = isinstance(where, (str, bytes)) or where[0] in ("127.0.0.1", "::1", "localhost")
        elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
            local = arguments[0] in (None, "127.0.0.1", "::1", "localhost", b"localhost")
        else:
            return
        if not local:
            with open(os.environ["FORBIDDEN"], "a") as told:
                told.write(f"{event} {arguments[1:]}\\n")
            os._exit(77)

    sys.addaudithook(forbid)
    """


class Cage:
    """Holds every Python that is started from now on, and those that they start."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (folder / "cage").mkdir()
        (folder / "cage" / "sitecustomize.py").write_text(FORBID)
        self._log = folder / "cage" / "forbidden"
        monkeypatch.setenv("FORBIDDEN", str(self._log))
        monkeypatch.setenv("PYTHONPATH", str(folder / "cage"), prepend=os.pathsep)

    def tried(self) -> list[str]:
        """What was forbidden."""
        return self._log.read_text().splitlines() if self._log.exists() else []


@pytest.fixture
def cage(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Cage:
    """Everything that the test starts is held."""
    return Cage(tmp_path_factory.mktemp("caged"), monkeypatch)
