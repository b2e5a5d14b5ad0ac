"""A binding file that is edited while it is in use: a good edit is taken at once, a bad one is told."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from gesturelrcn.actions.bindings.bindings import Bindings
from gesturelrcn.errors import GestureLrcnError

logger = logging.getLogger(__name__)

_LOOK_EVERY = 0.05
"""Seconds; a change is taken when it has not changed again at the next look, so that it is whole."""

_Signature = tuple[int, int, int]


class BindingsWatch:
    """Looks at a binding file in a thread of its own and hands over what is new in it."""

    def __init__(
        self,
        path: Path,
        load: Callable[[], Bindings],
        use: Callable[[Bindings], object],
        tell: Callable[[str], object],
    ) -> None:
        """Start looking.

        Args:
            path: the file, which has been loaded already.
            load: reads it.
            use: gets the new bindings, in this thread.
            tell: gets one sentence about a bad edit; the old bindings stay in force.
        """
        self._path = path
        self._load = load
        self._use = use
        self._tell = tell
        self._seen = self._signature()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, name="bindings-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Look no more; closing twice is harmless."""
        self._closing.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def __enter__(self) -> "BindingsWatch":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _keep_looking(self) -> None:
        changed_to: _Signature | None = None
        while not self._closing.wait(_LOOK_EVERY):
            now = self._signature()
            if now == self._seen or now is None:  # an editor may take the file away for a moment
                changed_to = None
            elif now != changed_to:
                changed_to = now
            else:
                self._seen, changed_to = now, None
                self._reload()

    def _reload(self) -> None:
        try:
            self._use(self._load())
        except GestureLrcnError as error:
            self._tell(f"{error} (the bindings before stay in force)")
        else:
            logger.info("%s: read again", self._path)

    def _signature(self) -> _Signature | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino
