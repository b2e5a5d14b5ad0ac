"""What holds the memory of the live program: resident megabytes after each part of it is loaded.

    OMP_NUM_THREADS=1 python benchmarks/memory.py

One process loads the parts in turn, so what two of them share counts for the first. Pages of libraries count
although other processes share them. Linux only.
"""

import os
from importlib import import_module
from pathlib import Path

PARTS = (
    ("numpy", ("numpy",)),
    ("OpenCV", ("gesturelrcn.system.opencv",)),
    ("onnxruntime", ("onnxruntime",)),
    ("PyAV and simplejpeg, for network cameras and recordings", ("av", "simplejpeg")),
    ("gesturelrcn", ("gesturelrcn.recognizer", "gesturelrcn.stream.stream", "gesturelrcn.actions")),
)
"""What is loaded in turn, and the modules that load it."""
FRAMES = 30


def resident_mb() -> float:
    """As the benchmark of the whole program measures it, which would load all the rest."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Print the table."""
    before = resident_mb()
    print(f"| part | MB |\n| --- | --- |\n| Python | {before:.0f} |")

    def tell(part: str) -> None:
        nonlocal before
        now = resident_mb()
        print(f"| {part} | {now - before:.0f} |")
        before = now

    for part, modules in PARTS:
        for module in modules:
            import_module(module)
        tell(part)
    import cv2

    from gesturelrcn.capture import Frame
    from gesturelrcn.model import assets
    from gesturelrcn.recognizer import Recognizer

    recognizer = Recognizer(live=True, rests=False)
    tell("the two networks")
    person = cv2.resize(cv2.imread(str(assets() / "person.jpg")), (640, 480))
    for number in range(FRAMES):
        recognizer.process(Frame(person, number / 30, number, "person"))
    assert recognizer.view.keypoints is not None, "somebody is there, and looked at"
    tell(f"what {FRAMES} frames need")
    print(f"| all | {before:.0f} |")


if __name__ == "__main__":
    main()
