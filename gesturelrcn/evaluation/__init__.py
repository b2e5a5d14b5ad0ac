"""How good is it? Streams, event matching, figures and reports; definitions in docs/metrics.md."""

from gesturelrcn.evaluation.evaluate import Evaluation, evaluate, robustness_grid, score_predictions
from gesturelrcn.evaluation.matching import Counts, match_starts
from gesturelrcn.recordings.listing import Listing, read_listing
from gesturelrcn.recordings.truth import TrueGesture

__all__ = [
    "Counts",
    "Evaluation",
    "Listing",
    "TrueGesture",
    "evaluate",
    "match_starts",
    "read_listing",
    "robustness_grid",
    "score_predictions",
]
