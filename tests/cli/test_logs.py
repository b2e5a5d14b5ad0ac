"""The log on stderr: sentences, or lines of JSON."""

import json
import logging
import warnings

import pytest

from gesturelrcn.cli import logs


def test_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(as_json=True)
    logger = logging.getLogger("gesturelrcn.somewhere")
    logger.info("it is %s", "back", extra={"change": {"state": "back"}})
    logger.debug("not this")
    try:
        raise ValueError("broken\nin two lines")
    except ValueError:
        logger.exception("a failure")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert first["message"] == "it is back"
    assert first["level"] == "info"
    assert first["logger"] == "gesturelrcn.somewhere"
    assert first["change"] == {"state": "back"}
    assert first["time"].endswith("Z")
    assert "ValueError: broken" in second["error"]


def test_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(as_json=False)
    logging.getLogger("gesturelrcn.somewhere").info("not this")
    logging.getLogger("gesturelrcn.somewhere").warning("camera 0 is lost")
    assert capsys.readouterr().err == "gesturelrcn: camera 0 is lost\n"


@pytest.mark.parametrize("as_json", [True, False])
def test_what_python_warns_of_is_json_or_nothing(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logs.set_up(as_json=as_json)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        logging.captureWarnings(False)
    said = capsys.readouterr().err
    assert (json.loads(said)["logger"] == "py.warnings") if as_json else said == ""
