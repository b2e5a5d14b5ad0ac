"""Why did it (not) fire: the last minute is kept as numbers, explained, and decided again."""

from gesturelrcn.trace.explanation import Moment, MomentTracker, explain
from gesturelrcn.trace.replay import Replay, replay
from gesturelrcn.trace.ring import (
    Seen,
    Setting,
    TraceError,
    TraceWriter,
    newest_trace,
    read_lines,
    refused_if_damaged,
    remove_old_traces,
    seen_from,
    trace_folder,
    write_lines,
)

__all__ = [
    "Moment",
    "MomentTracker",
    "Replay",
    "Seen",
    "Setting",
    "TraceError",
    "TraceWriter",
    "explain",
    "newest_trace",
    "read_lines",
    "refused_if_damaged",
    "remove_old_traces",
    "replay",
    "seen_from",
    "trace_folder",
    "write_lines",
]
