"""What pressing a key costs: the injector alone, on the display that DISPLAY names."""

from contextlib import closing
from typing import Any

from gesturelrcn.actions import choose_injector
from gesturelrcn.actions.keys import KeyName
from gesturelrcn.benchmarking.timing import Samples


def measure(rounds: int = 300) -> dict[str, Any]:
    """`inject`: one key pressed (its release is not timed), as `Samples.summary`.

    Raises:
        InjectionError: there is no display.
    """
    samples = Samples()
    key = KeyName("a")
    with closing(choose_injector().make()) as injector:
        for _ in range(rounds):
            with samples.call():
                injector.press(key)
            injector.release(key)
    return {"inject": samples.summary()}
