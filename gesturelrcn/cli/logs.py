"""Where the log goes: warnings as sentences, or with `--log-json` everything as lines of JSON, on stderr."""

import json
import logging
import sys
import time
from typing import Any

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
"""What every record has; anything else was given as `extra`."""


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, and what was given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {
            "time": f"{seconds}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _PLAIN}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def set_up(*, as_json: bool) -> None:
    """Send the log of this package to stderr: from INFO on as JSON, or warnings as plain sentences.

    What Python warns of is for developers: lines of JSON among the others, else nothing.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else logging.Formatter("gesturelrcn: %(message)s"))
    logger = logging.getLogger("gesturelrcn")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO if as_json else logging.WARNING)
    logger.propagate = False
    logging.captureWarnings(True)
    warnings = logging.getLogger("py.warnings")
    warnings.handlers[:] = [handler if as_json else logging.NullHandler()]
    warnings.propagate = False
