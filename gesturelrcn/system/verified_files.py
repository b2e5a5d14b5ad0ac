"""Weights are read only where they are those that their card was written for."""

import hashlib
from pathlib import Path

from gesturelrcn.errors import ModelError

MAX_BYTES = 64 * 2**20
"""Larger weight files are refused unread."""


def read_verified(path: Path, sha256: str | None) -> bytes:
    """The content of `path`.

    Args:
        path: of weights.
        sha256: what its card says of it, hexadecimal; None where the card does not know the file.

    Raises:
        ModelError: the file is missing, too large, or another one.
    """
    if not path.is_file():
        raise ModelError(f"{path}: the weights of the model are missing beside its card.")
    if path.stat().st_size > MAX_BYTES:
        raise ModelError(f"{path}: larger than {MAX_BYTES // 2**20} MiB, which no gesturelrcn model is.")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ModelError(
            f"{path}: the file is not the one that its card names; it was changed or is damaged."
        )
    return data
