"""How many processors this process may use: by its affinity, and by its group's quota, as in containers."""

import math
import os
from collections.abc import Iterator
from pathlib import Path


def cores(groups: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")) -> int:
    """At least 1.

    Args:
        groups: where Linux tells of its control groups.
        own: which of them this process is in.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([allowed, *(math.ceil(quota) for quota in _quotas(groups, own))]))


def _quotas(groups: Path, own: Path) -> Iterator[float]:
    """Processors that this process's group, and each above it, may use."""
    try:
        lines = own.read_text().splitlines()
    except OSError:  # not Linux
        return
    for line in lines:
        _, controllers, place = line.split(":", 2)
        of_kind = groups if not controllers else groups / controllers
        inside = of_kind / place.lstrip("/")
        # In a container the place may be one of the host, which is not to be seen.
        for folder in {of_kind, inside, *inside.parents} if "cpu" in controllers or not controllers else ():
            yield from _quota(folder)


def _quota(folder: Path) -> Iterator[float]:
    try:
        if (folder / "cpu.max").is_file():  # version 2
            quota, period = (folder / "cpu.max").read_text().split()
        else:
            quota, period = ((folder / f"cpu.cfs_{what}_us").read_text() for what in ("quota", "period"))
        if quota.strip() not in ("max", "-1"):
            yield int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        return
