"""HOST:PORT as people write it, rightly and wrongly."""

import pytest

from gesturelrcn.errors import SinkError
from gesturelrcn.sinks.address import Address, read_address


@pytest.mark.parametrize(
    ("text", "host", "port", "shown", "loopback"),
    [
        ("8765", "127.0.0.1", 8765, "127.0.0.1:8765", True),
        (" 8765 ", "127.0.0.1", 8765, "127.0.0.1:8765", True),
        ("localhost:80", "localhost", 80, "localhost:80", True),
        ("127.0.0.2:80", "127.0.0.2", 80, "127.0.0.2:80", True),
        ("[::1]:8765", "::1", 8765, "[::1]:8765", True),
        ("0.0.0.0:8765", "0.0.0.0", 8765, "0.0.0.0:8765", False),
        ("[::]:8765", "::", 8765, "[::]:8765", False),
        ("192.168.1.20:65535", "192.168.1.20", 65535, "192.168.1.20:65535", False),
        ("stage-left.example:9000", "stage-left.example", 9000, "stage-left.example:9000", False),
        ("localhost.example.org:1", "localhost.example.org", 1, "localhost.example.org:1", False),
    ],
)
def test_addresses(text, host, port, shown, loopback):
    address = read_address(text, "--osc")
    assert address == Address(host, port)
    assert str(address) == shown
    assert address.is_loopback == loopback


@pytest.mark.parametrize(
    "text",
    ["", ":", "host", "host:", ":80", "[]:80", "a b:80", "host:8o", "::1:80", "-1", "+80", "8_0", "٣٣"],
)
def test_what_is_no_address_is_told_with_an_example(text):
    with pytest.raises(SinkError, match=r"is no address: give a port, or HOST:PORT, as in 8765") as told:
        read_address(text, "--osc")
    assert str(told.value).startswith(f"--osc {text!r}")


@pytest.mark.parametrize("port", ["65536", "99999999999999999999"])
def test_ports_that_do_not_exist(port):
    with pytest.raises(SinkError, match=f"there is no port {port}"):
        read_address(f"localhost:{port}", "--osc")


def test_any_free_port_only_where_that_makes_sense():
    assert read_address("0", "--websocket", any_port=True).port == 0
    with pytest.raises(SinkError, match="there is no port 0"):
        read_address("127.0.0.1:0", "--osc")
