"""An address that holds a password does not show it, whatever is done with it."""

import json
import logging
import pickle
import traceback
from dataclasses import asdict, dataclass

import pytest

from gesturelrcn.capture import LiveSource, open_source, parse_source
from gesturelrcn.capture.address import StreamAddress
from gesturelrcn.errors import CaptureError
from gesturelrcn.stream.stream import GestureStream
from gesturelrcn.system.secrets import without_secrets

SECRET = "Hunter2"


@pytest.mark.parametrize(
    ("text", "shown", "whole"),
    [
        ("rtsp://cam/1", "rtsp://cam/1", "rtsp://cam/1"),
        ("rtsp://u:Hunter2@cam:554/1", "rtsp://cam:554/1", "rtsp://u:Hunter2@cam:554/1"),
        ("http://u:p@ss#Hunter2@[::1]:80/x", "http://[::1]:80/x", "http://u:p%40ss%23Hunter2@[::1]:80/x"),
        ("http://u:Hunter2%40@cam/x", "http://cam/x", "http://u:Hunter2%40@cam/x"),
        ("http://u:Hunter2%@cam/x", "http://cam/x", "http://u:Hunter2%25@cam/x"),
        (
            "HTTP://cam/x?user=u&pwd=Hunter2#Hunter2",
            "HTTP://cam/x",
            "http://cam/x?user=u&pwd=Hunter2#Hunter2",
        ),
    ],
)
def test_what_is_shown_and_what_is_opened(text, shown, whole):
    address = StreamAddress(text)
    assert (str(address), address.reveal()) == (shown, whole)
    assert without_secrets(text) == shown


@dataclass
class Holder:
    address: StreamAddress


def test_nothing_that_prints_it_prints_its_secret(caplog):
    caplog.set_level(logging.DEBUG)
    address = StreamAddress(f"rtsp://admin:{SECRET}@cam/1?token={SECRET}")
    logging.getLogger().info("%s %r", address, address, extra={"address": address})
    said = [
        *(str(address), repr(address), f"{address}", "%s" % address),  # noqa: UP031
        *(
            repr(Holder(address)),
            str([address]),
            str({"a": address}),
            json.dumps({"a": address}, default=str),
        ),
        *(str(asdict_or_error(address)), str(dir(address)), caplog.text),
    ]
    try:
        raise ValueError(address)
    except ValueError as error:
        said.append("".join(traceback.format_exception(error)))
    assert not [each for each in said if SECRET in each]
    with pytest.raises(TypeError, match="password"):
        pickle.dumps(address)


def asdict_or_error(address):
    try:
        return asdict(Holder(address))
    except TypeError as error:
        return error


def test_two_are_equal_where_the_whole_is():
    one = StreamAddress("rtsp://u:a@cam/1")
    assert one == StreamAddress("rtsp://u:a@cam/1")
    assert one != StreamAddress("rtsp://u:b@cam/1")
    assert hash(one) == hash(StreamAddress("rtsp://u:b@cam/1"))


@pytest.mark.parametrize(
    "text",
    [
        f"http://u:{SECRET}/x@cam/1",  # the password ends at /
        f"rtps://u:{SECRET}@cam/1",
        f"http://u:{SECRET}@",
        f"http://u:{SECRET}@ca m/1",
        f"mqtt://cam?password={SECRET}",
    ],
)
@pytest.mark.parametrize("use", [StreamAddress, parse_source, open_source, LiveSource, GestureStream])
def test_a_wrong_one_is_refused_without_its_secret(text, use):
    with pytest.raises(CaptureError) as refused:
        use(text)
    assert SECRET not in "".join(traceback.format_exception(refused.value))
    assert "http" in str(refused.value) or "%2F" in str(refused.value)
