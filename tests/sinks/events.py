"""Events to send."""

from gesturelrcn.events import GestureEvent, Phase


def event(gesture="raise_hand", phase="start", number=1, **more):
    values = {"confidence": 0.875, "captured_at": 100000.015625, "decided_at": 100000.03125, **more}
    return GestureEvent(gesture, Phase(phase), number, **values)
