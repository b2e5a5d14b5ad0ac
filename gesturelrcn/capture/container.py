"""Films and network streams, opened by PyAV in the ways of all its versions."""

from typing import Any

_READS_ANY_TITLE = 19
"""From this version on PyAV reads titles that are no UTF-8 unasked, and knows no word that asks for it."""


def open_container(file: Any, **options: Any) -> Any:
    """An `av.container.InputContainer` to read from.

    Args:
        file: an open file, or an address.
        options: of `av.open`.

    Raises:
        av.error.FFmpegError: it cannot be opened.
    """
    import av

    if int(av.__version__.partition(".")[0]) < _READS_ANY_TITLE:
        options["metadata_errors"] = "replace"
    return av.open(file, **options)
