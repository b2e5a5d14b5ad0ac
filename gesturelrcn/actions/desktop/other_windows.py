"""The window in front on Windows and macOS, by the platform's own calls. Not tested here: no such machine."""

import ctypes
from pathlib import PureWindowsPath
from typing import Any

from gesturelrcn.actions.desktop.window import Window

_PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
_LONGEST_PATH = 1024


def windows_active_window() -> Window | None:  # pragma: no cover - needs Windows
    """The foreground window of Windows, with the name of its program file."""
    user32: Any = ctypes.WinDLL("user32")  # type: ignore[attr-defined]
    handle = user32.GetForegroundWindow()
    if not handle:
        return None
    title = ctypes.create_unicode_buffer(user32.GetWindowTextLengthW(handle) + 1)
    user32.GetWindowTextW(handle, title, len(title))
    sides = (ctypes.c_long * 4)()
    user32.GetWindowRect(handle, ctypes.byref(sides))
    width, height = user32.GetSystemMetrics(0), user32.GetSystemMetrics(1)
    covers = sides[2] - sides[0] >= width and sides[3] - sides[1] >= height
    return Window(title.value, _windows_program(user32, handle), bool(covers))


def _windows_program(user32: Any, handle: int) -> str:  # pragma: no cover - needs Windows
    kernel32: Any = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined]
    process_id = ctypes.c_ulong()
    user32.GetWindowThreadProcessId(handle, ctypes.byref(process_id))
    process = kernel32.OpenProcess(_PROCESS_QUERY_LIMITED_INFORMATION, False, process_id.value)
    if not process:
        return ""
    try:
        path = ctypes.create_unicode_buffer(_LONGEST_PATH)
        length = ctypes.c_ulong(_LONGEST_PATH)
        if not kernel32.QueryFullProcessImageNameW(process, 0, path, ctypes.byref(length)):
            return ""
        return PureWindowsPath(path.value).stem
    finally:
        kernel32.CloseHandle(process)


def macos_active_window() -> Window | None:  # pragma: no cover - needs macOS
    """The frontmost window of macOS; its title only where screen recording is allowed."""
    import Quartz  # type: ignore[import-not-found]  # pynput brings it

    on_screen = Quartz.kCGWindowListOptionOnScreenOnly | Quartz.kCGWindowListExcludeDesktopElements
    screen = Quartz.CGDisplayBounds(Quartz.CGMainDisplayID()).size
    for each in Quartz.CGWindowListCopyWindowInfo(on_screen, Quartz.kCGNullWindowID):
        if each.get("kCGWindowLayer") == 0:  # front to back; layer 0 holds ordinary windows
            bounds = each["kCGWindowBounds"]
            covers = bounds["Width"] >= screen.width and bounds["Height"] >= screen.height
            return Window(each.get("kCGWindowName") or "", each.get("kCGWindowOwnerName") or "", bool(covers))
    return None
