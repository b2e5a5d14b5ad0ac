"""Why did it (not) fire: the last minute is kept as numbers, explained, and decided again."""

from gesturelrcn.trace.explanation import Moment, MomentTracker, explain
from gesturelrcn.trace.replay import Replay, replay
from gesturelrcn.trace.ring import (
    TraceError,
    TraceFrame,
    TraceSetting,
    TraceWriter,
    newest_trace,
    read_lines,
    refused_if_damaged,
    remove_old_traces,
    trace_folder,
    write_lines,
)

__all__ = [
    "Moment",
    "MomentTracker",
    "Replay",
    "TraceError",
    "TraceFrame",
    "TraceSetting",
    "TraceWriter",
    "explain",
    "newest_trace",
    "read_lines",
    "refused_if_damaged",
    "remove_old_traces",
    "replay",
    "trace_folder",
    "write_lines",
]
