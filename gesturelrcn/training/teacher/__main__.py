"""Have the teacher label the clips of a folder.

Usage: python -m gesturelrcn.training.teacher CLIPS_FOLDER CACHE_FOLDER [--part K/N]
"""

import argparse
import logging
from pathlib import Path

from gesturelrcn.recordings.listing import read_index
from gesturelrcn.training.teacher.teacher import label_clips, label_stills

logger = logging.getLogger(__name__)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m gesturelrcn.training.teacher", description=__doc__)
    parser.add_argument("clips", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--stills", action="store_true", help="CLIPS is a folder of pictures, CACHE a file")
    parser.add_argument("--part", default="0/1", help="K/N: do every N-th clip, beginning with the K-th")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    if options.stills:
        logger.info("%d stills taught", label_stills(options.clips, options.cache))
        return
    part, parts = map(int, options.part.split("/"))
    added = label_clips(read_index(options.clips, strict=True).clips[part::parts], options.cache)
    logger.info("%d clips taught", added)


if __name__ == "__main__":
    main()
