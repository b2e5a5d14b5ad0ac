"""How long actions take, on a virtual X server: `python -m tests.actions.measure`.

From an event to the X server, from a saved file to new bindings in force.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from Xlib import X
from Xlib.display import Display

from gesturelrcn.actions import (
    Binding,
    Bindings,
    Dispatcher,
    Key,
    Profile,
    Rules,
    X11Injector,
    load_bindings,
)
from gesturelrcn.actions.bindings.reload import BindingsWatch
from gesturelrcn.actions.desktop.x11_window import X11ActiveWindow
from tests.actions.conftest import event
from tests.xvfb import XServer

EVENTS = 500
RELOADS = 20


def told(name: str, seconds: Sequence[float]) -> None:
    cuts = statistics.quantiles(seconds, n=100)
    p50, p95, worst = (1000 * value for value in (cuts[49], cuts[94], max(seconds)))
    print(f"{name:<58} p50 {p50:6.2f} ms   p95 {p95:6.2f} ms   max {worst:6.2f} ms   n {len(seconds)}")


def event_to_server(display: Display, window_matters: bool) -> list[float]:
    """Seconds that `handle` takes; when it returns the X server has got the key and its release."""
    binding = Binding("wave", Key("Right"), rules=Rules(cooldown=0.0))
    profiles = (Profile("p", ("measured",), bindings=(binding,)),) if window_matters else ()
    front = X11ActiveWindow()
    took = []
    bindings = Bindings((binding,), profiles=profiles)
    with Dispatcher(bindings, X11Injector(), active_window=front) as dispatcher:
        for number in range(EVENTS):
            time.sleep(0.005)
            began = time.perf_counter()
            dispatcher.handle(event("wave", at=time.monotonic(), number=number))
            # The key is with the server when the call returns: pynput waits for it.
            took.append(time.perf_counter() - began)
            while display.next_event().type != X.KeyRelease:
                pass
    front.close()
    return took[20:]


def reload_times() -> list[float]:
    took = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.toml"
        text = '[[bind]]\ngesture = "wave"\ndo = "key a"\n'
        path.write_text(text)
        with (
            Dispatcher(load_bindings(path, ["wave"]), X11Injector()) as dispatcher,
            BindingsWatch(path, partial(load_bindings, path, ["wave"]), dispatcher.use, print),
        ):
            for number in range(RELOADS):
                time.sleep(0.2)
                before = dispatcher.bindings
                path.write_text(text + f"cooldown = {number}\n")
                began = time.perf_counter()
                while dispatcher.bindings is before:
                    time.sleep(0.001)
                took.append(time.perf_counter() - began)
    return took


def main() -> None:
    with XServer() as server:
        os.environ["DISPLAY"] = server.display
        display = Display(server.display)
        screen = display.screen()
        window = screen.root.create_window(
            *(0, 0, 200, 100, 0, screen.root_depth), event_mask=X.KeyPressMask | X.KeyReleaseMask
        )
        window.set_wm_name("measured")
        window.map()
        display.sync()
        window.set_input_focus(X.RevertToParent, X.CurrentTime)
        display.sync()
        told("event to X server and back (press and release)", event_to_server(display, window_matters=False))
        told("the same, and which window is in front", event_to_server(display, window_matters=True))
        told("saved file to new bindings in force", reload_times())
        display.close()


if __name__ == "__main__":
    main()
