"""Which web pages may read gestures."""

import pytest

from gesturelrcn.errors import SinkError
from gesturelrcn.sinks.origin import OriginPolicy

HERE = ["http://localhost", "http://localhost:8000", "https://127.0.0.1:3000", "http://[::1]:80"]
ELSEWHERE = [
    "https://example.org",
    "http://localhost.example.org",
    "http://127.0.0.1.example.org",
    "http://example.org:8765",
    "http://192.168.1.20",
    "http://0.0.0.0:8000",
    "null",
    "file://",
    "chrome-extension://localhost",
    "localhost",
    "",
    "http://[::1",
    "http://localhost@example.org",
]


@pytest.mark.parametrize("origin", HERE)
def test_pages_of_this_computer_are_let_in(origin):
    assert OriginPolicy(()).refusal([origin]) is None
    assert OriginPolicy(()).refusal([origin.upper()]) is None


def test_programs_that_are_no_browsers_are_let_in():
    assert OriginPolicy(()).refusal([]) is None


@pytest.mark.parametrize("origin", ELSEWHERE)
def test_other_pages_get_nothing(origin):
    assert "not allowed" in OriginPolicy(()).refusal([origin])
    assert "not allowed" in OriginPolicy(("https://friend.example",)).refusal([origin])


def test_two_origins_are_one_too_many():
    assert OriginPolicy(()).refusal(["http://localhost", "https://example.org"]) is not None


@pytest.mark.parametrize(
    ("allowed", "origin"),
    [
        ("https://example.org", "https://example.org"),
        ("https://Example.org", "https://example.org"),
        ("http://192.168.1.20:8000", "http://192.168.1.20:8000"),
        ("null", "null"),
        ("*", "https://example.org"),
        ("*", "null"),
    ],
)
def test_what_is_allowed_is_let_in(allowed, origin):
    assert OriginPolicy((allowed,)).refusal([origin]) is None


@pytest.mark.parametrize(
    "origin", ["https://example.org:8443", "http://example.org", "https://a.example.org"]
)
def test_an_origin_is_scheme_host_and_port(origin):
    assert OriginPolicy(("https://example.org",)).refusal([origin]) is not None


@pytest.mark.parametrize(
    "text",
    [
        "example.org",
        "https://example.org/",
        "https://example.org/page",
        "https://",
        "",
        "https://a:b",
        "https://u@a",
    ],
)
def test_what_is_no_origin_is_told_with_an_example(text):
    with pytest.raises(SinkError, match=r"is no origin of a web page: give scheme and host without a path"):
        OriginPolicy((text,))


def test_a_refusal_is_told_once_with_the_option_that_helps(caplog):
    policy = OriginPolicy(())
    for _ in range(3):
        policy.refusal(["https://example.org"])
    [record] = caplog.records
    assert record.getMessage() == (
        "a web page of https://example.org asked for your gestures and got nothing; "
        "--allow-origin https://example.org would let it in"
    )


def test_a_page_cannot_fill_the_log_nor_write_into_it(caplog):
    policy = OriginPolicy(())
    for number in range(100):
        policy.refusal([f"https://{number}.example\x9b2J{'x' * 1000}"])
    assert 0 < len(caplog.records) < 50
    assert all(
        record.getMessage().isprintable() and len(record.getMessage()) < 500 for record in caplog.records
    )


@pytest.mark.parametrize(
    ("origin", "host", "let_in"),
    [
        ("http://192.168.1.20:8000", "192.168.1.20:8765", True),
        ("http://[fe80::1]:8000", "[fe80::1]:8765", True),
        ("http://192.168.1.21:8000", "192.168.1.20:8765", False),
        ("http://example.org:8000", "example.org:8765", False),  # a name may mean any address
        ("http://192.168.1.20", "", False),
        ("http://192.168.1.20", "[", False),
    ],
)
def test_pages_of_the_very_address_that_is_asked_are_let_in(origin, host, let_in):
    """As where the events are for the whole network, and the page comes from this computer too."""
    assert (OriginPolicy(()).refusal([origin], host) is None) is let_in
