"""A keyboard on which some calls fail, before or after they have had their effect."""

from collections.abc import Callable, Iterable

from gesturelrcn.actions import KeyName

Fault = tuple[BaseException, bool] | None
"""None, or an error and whether the key moves all the same."""


class FaultyKeyboard:
    """Presses nothing and knows what is down.

    Attributes:
        faults: one a call, used up from the front.
        down: the keys that are really down.
    """

    outlives_process = False

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self.faults = list(faults)
        self.down: set[KeyName] = set()

    def press(self, key: KeyName) -> None:
        self._perhaps_fail(lambda: self.down.add(key))

    def release(self, key: KeyName) -> None:
        self._perhaps_fail(lambda: self.down.discard(key))

    def scroll(self, right: int, up: int) -> None:
        self._perhaps_fail(lambda: None)

    def move(self, x: float, y: float) -> None:
        self._perhaps_fail(lambda: None)

    def close(self) -> None:
        pass

    def _perhaps_fail(self, effect: Callable[[], object]) -> None:
        fault = self.faults.pop(0) if self.faults else None
        if fault is None or fault[1]:
            effect()
        if fault is not None:
            raise fault[0]
