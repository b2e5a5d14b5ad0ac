"""Takes: the user's own clips of gestures and of none, made before a camera and kept in a private folder."""

from gesturelrcn.takes.errors import TakeError
from gesturelrcn.takes.folder import StoredTake, TakeFolder, takes_folder
from gesturelrcn.takes.progress import Progress
from gesturelrcn.takes.record import TakeRecorder, record
from gesturelrcn.takes.take import Take, read_take

__all__ = [
    "Progress",
    "StoredTake",
    "Take",
    "TakeError",
    "TakeFolder",
    "TakeRecorder",
    "read_take",
    "record",
    "takes_folder",
]
