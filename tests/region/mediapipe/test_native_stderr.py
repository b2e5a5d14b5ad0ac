"""What MediaPipe says while its graphs start belongs in the log, also where they start slowly."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.mediapipe

SLOW_START = """if True:
    import logging, sys, time
    import numpy as np
    from gesturelrcn.region.mediapipe import graphs
    from gesturelrcn.region.mediapipe.pose import warm_up
    made = {
        "pose": lambda: graphs.pose(tracking=True, min_confidence=0.5),
        "people": lambda: graphs.people(min_confidence=0.5),
        "faces": lambda: graphs.faces(min_confidence=0.5),
    }[sys.argv[1]]
    log = logging.getLogger("gesturelrcn.region.mediapipe.native_stderr")
    log.setLevel(logging.DEBUG)
    log.addHandler(logging.StreamHandler(sys.stdout))
    graph = made()
    time.sleep(1.0)  # as if something else ran now: what its threads still had to say would come out
    sys.stderr.write("a line of Python\\n")
    warm_up(graph)
    graph.close()
    """


@pytest.mark.parametrize("graph", ["pose", "people", "faces"])
def test_a_graph_that_starts_slowly_is_quiet_and_python_is_not(graph):
    done = subprocess.run(
        [sys.executable, "-c", SLOW_START, graph], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stderr == "a line of Python\n"
    assert "Feedback manager requires a model with a single signature" in done.stdout, "it is in the log"
