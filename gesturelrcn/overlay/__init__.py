"""What is seen and recognised, drawn into the picture; shown by `--preview`, kept by `--record`.

No window and no screen is touched here: a picture goes in, another one comes out.
"""

from gesturelrcn.overlay.drawing import draw_overlay
from gesturelrcn.overlay.known import Known, Note
from gesturelrcn.overlay.overlay import Overlay
from gesturelrcn.overlay.recorder import Recorder, RecordingError

__all__ = ["Known", "Note", "Overlay", "Recorder", "RecordingError", "draw_overlay"]
