"""Gestures turn the slides of a real browser: picture -> person -> network -> gesture -> key -> slide.

Plays the sample clip, a synthetic person, as if it were a camera. Exit status 0 only if each gesture in it
did to the slides what demos/slides.toml says, once.
"""

import json
import sys
from pathlib import Path

from presentation import Presentation, Shown, screen

import gesturelrcn
from gesturelrcn import GestureEvent, GestureLrcnError, GestureStream
from gesturelrcn.actions import Bindings, Dispatcher, choose_injector, load_bindings

SAMPLE = Path(gesturelrcn.__file__).parent / "assets" / "sample.mp4"
BINDINGS = Path(__file__).with_name("slides.toml")

LIVE = """With a camera and a screen: open any presentation, then run
    .venv/bin/gesturelrcn slides"""


def main() -> int:
    with screen() as display, Presentation(display) as deck, GestureStream(SAMPLE, realtime=True) as stream:
        bindings = load_bindings(BINDINGS, stream.gestures, off=stream.off)
        print(f"Chromium shows {deck.shown()} on display {display}; {SAMPLE.name} plays.")
        shown = [deck.shown()]
        events = 0
        with Dispatcher(bindings, choose_injector().make()) as dispatcher:
            dispatcher.attach(stream)
            for event in stream:
                events += 1
                dispatcher.handle(event)
                tell(event)
                if (now := deck.shown()) != shown[-1]:
                    print(f"          {shown[-1]} -> {now} ({event.gesture})")
                    shown.append(now)
    left_down = ", ".join(dispatcher.down) or "none"
    print(f"{events} events, {len(shown) - 1} slide changes, keys left down: {left_down}")

    planned = plan(shown[0], gestures_in_sample(), bindings)
    if shown != planned or dispatcher.down:
        print(f"This should have been {' -> '.join(map(str, planned))}.", file=sys.stderr)
        return 1
    print(LIVE)
    return 0


def tell(event: GestureEvent) -> None:
    """One line for the begin and the end of a gesture; it is reported ten times a second in between."""
    if event.phase != "hold":
        print(f"{event.media_time:6.2f} s  {event.gesture} {event.phase} ({event.confidence:.2f})")


def gestures_in_sample() -> list[str]:
    """What the person in the clip does, as it was rendered."""
    lines = SAMPLE.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["gesture"] for line in lines]


def plan(first: Shown, gestures: list[str], bindings: Bindings) -> list[Shown]:
    """What the deck has to show one after the other if each gesture presses its key once."""
    keys = {binding.gesture: str(binding.action).removeprefix("key ") for binding in bindings}
    shown = [first]
    for gesture in gestures:
        after = shown[-1].after(keys.get(gesture))
        if after != shown[-1]:
            shown.append(after)
    return shown


if __name__ == "__main__":
    try:
        sys.exit(main())
    except GestureLrcnError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
