"""How good is it? Event matching and reports; definitions in docs/metrics.md."""

from gesturelrcn.evaluation.clips import ClipResult, evaluate_clips, summary
from gesturelrcn.evaluation.matching import Counts, TrueGesture, match_starts

__all__ = ["ClipResult", "Counts", "TrueGesture", "evaluate_clips", "match_starts", "summary"]
