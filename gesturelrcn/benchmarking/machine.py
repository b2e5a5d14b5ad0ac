"""On what was measured."""

import os
import platform
from pathlib import Path
from typing import Any

from gesturelrcn import __version__
from gesturelrcn.system.packages import installed_version

_PACKAGES = ("numpy", "onnxruntime", "mediapipe", "opencv-contrib-python", "torch", "python-xlib")


def machine() -> dict[str, Any]:
    """Processor, cores, memory, system, versions, and how busy it is now."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": _memory(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "gesturelrcn": __version__,
        "packages": {name: version for name in _PACKAGES if (version := installed_version(name))},
        "load": load(),
    }


def load() -> float | None:
    """Processes that wanted a core, on average over the last minute; those of the benchmark included."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def busy_share(before: dict[str, float], after: dict[str, float]) -> float | None:
    """Share of all cores that other programs used between two `cpu_times`, 0 to 1."""
    total = sum(after.values()) - sum(before.values())
    idle = after.get("idle", 0.0) - before.get("idle", 0.0)
    return None if total <= 0 else 1.0 - idle / total


def cpu_times() -> dict[str, float]:
    """Seconds that the cores of this machine have spent working and idle; empty where nothing tells."""
    try:
        words = Path("/proc/stat").read_text(encoding="ascii").split("\n")[0].split()[1:]
    except OSError:
        return {}
    ticks = [float(word) / os.sysconf("SC_CLK_TCK") for word in words[:8]]
    return {"idle": ticks[3] + ticks[4], "busy": sum(ticks) - ticks[3] - ticks[4]}


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (AttributeError, ValueError, OSError):
        return None
