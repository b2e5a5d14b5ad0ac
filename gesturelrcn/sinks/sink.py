"""What every sink is."""

from typing import Protocol

from gesturelrcn.events import GestureEvent


class Sink(Protocol):
    """Takes events to where other programs get them.

    `stream.add_listener(sink.send)` is all it needs; whoever makes it closes it.
    """

    def send(self, event: GestureEvent) -> None:
        """Take one event. Does not wait for whoever gets it; what cannot be delivered is not raised."""

    def close(self) -> None:
        """Deliver what can be delivered at once, and free what it holds. May be called again."""
