"""What holds the memory of the live program: resident megabytes after each part of it is loaded.

    OMP_NUM_THREADS=1 python benchmarks/memory.py

One process loads the parts in turn, so what two of them share counts for the first. *Own* is what the process
wrote itself. The rest are pages of files, of libraries above all, which other processes share. How many the
system maps around one that is needed depends on how the file came into its cache: of libraries that were just
installed 30 MB more, until they were put out and read again. Linux only.
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


def resident_mb() -> tuple[float, float]:
    """All, as the benchmark of the whole program measures it (which would load all the rest), and its own."""
    _, pages, shared, *_ = map(int, Path("/proc/self/statm").read_text().split())
    megabyte = 1e6 / os.sysconf("SC_PAGE_SIZE")
    return pages / megabyte, (pages - shared) / megabyte


def main() -> None:
    """Print the table."""
    before = resident_mb()
    print("| part | MB | of these its own |\n| --- | --- | --- |")

    def row(part: str, figures: tuple[float, float]) -> None:
        print(f"| {part} | {figures[0]:.0f} | {figures[1]:.0f} |")

    def tell(part: str) -> None:
        nonlocal before
        now = resident_mb()
        row(part, (now[0] - before[0], now[1] - before[1]))
        before = now

    row("Python", before)
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
    row("all", before)


if __name__ == "__main__":
    main()
