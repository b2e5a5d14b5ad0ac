"""`gesturelrcn doctor`: what works here, and what to do about what does not."""

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from gesturelrcn import GestureLrcnError, __version__
from gesturelrcn.cli import options
from gesturelrcn.system.packages import installed_version, wanted
from gesturelrcn.system.processors import cores

_FRAMES = 30
"""Frames that are timed."""
_LOOKS = 1.0
"""Seconds for which the camera's frames are counted."""
_RIVALS = ("opencv-python", "opencv-python-headless", "opencv-contrib-python-headless")
_KEYS = "pynput" if sys.platform in ("win32", "darwin") else "python-xlib"
_PACKAGES = ("numpy", "opencv-contrib-python", "av", "onnxruntime", _KEYS)
_OPTIONAL = ("mediapipe", "torch", "safetensors")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: of the thing.
        ok: whether it can be used.
        found: what was found.
        remedy: what to do where it is not ok.
    """

    name: str
    ok: bool
    found: str
    remedy: str = ""


def doctor(
    source: Annotated[
        str, typer.Option(metavar="SOURCE", help="The camera to try: its number, or an address.")
    ] = "0",
    model: options.Model = "default",
    open_timeout: options.OpenTimeout = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, and nothing else.")] = False,
) -> None:
    """Look at camera, screen, keys, model, engine, versions and processor; presses and moves nothing.

    Ends with exit code 2 if something is not as it should be.
    """
    checks = []
    for check in examine(source, model, open_timeout):
        checks.append(check)
        if not as_json:
            typer.echo(f"{'ok ' if check.ok else 'NOT'}  {check.name:<16} {check.found}")
            if not check.ok:
                typer.echo(f"{'':22}{check.remedy}")
    if as_json:
        everything = {"ok": all(check.ok for check in checks), "checks": [asdict(check) for check in checks]}
        typer.echo(json.dumps(everything))
    if not all(check.ok for check in checks):
        raise typer.Exit(2)


def examine(source: str, model: str, open_timeout: float | None = None) -> Iterator[Check]:
    """Look at one thing after the other."""
    examinations: tuple[tuple[str, Callable[[], Check], str], ...] = (
        ("python", _python, "install Python 3.10 or later"),
        ("packages", _packages, "install gesturelrcn into an environment of its own"),
        ("processor", _processor, "close what keeps the processor busy"),
        ("model", lambda: _model(model), "gesturelrcn models lists what there is"),
        ("engine", lambda: _engine(model), "install onnxruntime anew"),
        ("person locator", _locator, "install gesturelrcn anew"),
        ("camera", lambda: _camera(source, open_timeout), "see the sentence above"),
        ("display", _display, "start it inside the desktop session that shall get the keys"),
        ("keys", _keys, "start it inside the desktop session that shall get the keys"),
    )
    for name, look, remedy in examinations:
        yield _safely(name, look, remedy)


def _safely(name: str, look: Callable[[], Check], remedy: str) -> Check:
    try:
        return look()
    except GestureLrcnError as problem:
        return Check(name, False, " ".join(str(problem).split()), remedy)
    except Exception as problem:  # whatever is broken here, the rest can still be looked at
        return Check(name, False, f"{type(problem).__name__}: {problem}", remedy)


def _python() -> Check:
    fits = sys.version_info >= (3, 10)
    found = f"gesturelrcn {__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}"
    return Check("python", fits, found, "install Python 3.10 or later")


def _packages() -> Check:
    missing = [name for name in _PACKAGES if installed_version(name) is None]
    rivals = [name for name in _RIVALS if installed_version(name) is not None]
    optional = [name for name in _OPTIONAL if installed_version(name) is not None]
    found = ", ".join(f"{name} {installed_version(name) or 'missing'}" for name in (*_PACKAGES, *optional))
    if missing:
        return Check("packages", False, found, f"pip install {' '.join(map(wanted, missing))}")
    if rivals:
        # The newest one may want another numpy than everything else here.
        same = f"opencv-contrib-python=={installed_version('opencv-contrib-python')}"
        remedy = (
            f"{', '.join(rivals)} owns the same folder as opencv-contrib-python: "
            f"pip uninstall -y {' '.join(rivals)} && "
            f"pip install --force-reinstall --no-deps {same}"
        )
        return Check("packages", False, found, remedy)
    return Check("packages", True, found)


def _processor() -> Check:
    allowed = cores()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    found = f"{platform.machine()}, {allowed} cores, load {load:.1f}"
    return Check("processor", load < 2 * allowed, found, "close what keeps the processor busy")


def _model(model: str) -> Check:
    from gesturelrcn.model import read_card
    from gesturelrcn.model.card_page import named
    from gesturelrcn.model.files import card_path

    card = read_card(card_path(model))
    gestures = ", ".join(named(card, name) for name in card.gestures)
    found = f"{card.name}: {gestures}; {card.min_fps:g} to {card.max_fps:g} frames a second"
    return Check("model", True, found)


def _engine(model: str) -> Check:
    import numpy as np

    from gesturelrcn.benchmarking.pictures import Still
    from gesturelrcn.capture import Frame
    from gesturelrcn.recognizer import Recognizer
    from gesturelrcn.region import Region

    recognizer = Recognizer(model, follower=Still(Region(320.0, 240.0, 480.0, 1.0, 0.0)))
    picture = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
    took = []
    for number in range(_FRAMES):
        begin = time.perf_counter()
        recognizer.process(Frame(picture, number / 30, number, "doctor", number / 30))
        took.append(1000 * (time.perf_counter() - begin))
    median = float(np.median(took))
    found = f"onnxruntime {installed_version('onnxruntime')}, {median:.1f} ms a frame"
    return Check("engine", median < 1000 / 15, found, "fewer than 15 frames a second: close other programs")


def _locator() -> Check:
    import numpy as np

    from gesturelrcn.model import assets
    from gesturelrcn.region import person_locator
    from gesturelrcn.region.choice import DEFAULT_LOCATOR
    from gesturelrcn.system.opencv import cv2

    locator = person_locator()
    picture = np.asarray(cv2.imread(str(assets() / "person.jpg")), np.uint8)
    begin = time.perf_counter()
    found = locator.locate(picture, 0.0)
    took = 1000 * (time.perf_counter() - begin)
    locator.close()
    remedy = "install gesturelrcn anew"
    return Check("person locator", found is not None, f"{DEFAULT_LOCATOR}, {took:.1f} ms", remedy)


def _camera(source: str, open_timeout: float | None) -> Check:
    from gesturelrcn.capture import open_source

    with open_source(source, open_timeout=open_timeout) as camera:
        begin, count, shape = time.monotonic(), 0, ""
        for frame in camera:
            count += 1
            shape = f"{frame.image.shape[1]} x {frame.image.shape[0]}"
            if time.monotonic() - begin >= _LOOKS:
                break
    rate = count / max(time.monotonic() - begin, 1e-6)
    return Check("camera", True, f"{camera.name}: {shape}, {rate:.0f} frames a second")


def _display() -> Check:
    if sys.platform in ("win32", "darwin"):
        return Check("display", True, platform.system())
    names = {name: os.environ.get(name, "") for name in ("XDG_SESSION_TYPE", "WAYLAND_DISPLAY", "DISPLAY")}
    found = ", ".join(f"{name}={value}" for name, value in names.items() if value) or "none"
    there = bool(names["DISPLAY"] or names["WAYLAND_DISPLAY"])
    remedy = "start it inside a desktop session; events and callbacks work without"
    return Check("display", there, found, remedy)


def _keys() -> Check:
    """Connects to what sends keys; presses and moves nothing."""
    from gesturelrcn.actions.desktop.real_input import RealInput
    from gesturelrcn.actions.desktop.watch import watch_real_input
    from gesturelrcn.actions.injectors.choice import choose_injector

    choice = choose_injector()
    if choice.usable:
        choice.make().close()
        if choice.name == "x11":
            nothing = lambda: None  # noqa: E731
            watch_real_input(RealInput(nothing, nothing, nothing)).close()
    found = f"{choice.name}: {choice.reason}" + (
        f"; {choice.remedy}" if choice.usable and choice.remedy else ""
    )
    return Check("keys", choice.usable, found, choice.remedy)
