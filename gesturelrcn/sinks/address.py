"""HOST:PORT as people write it."""

from dataclasses import dataclass
from ipaddress import ip_address

from gesturelrcn.errors import SinkError

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Address:
    """Where to listen or to send.

    Attributes:
        host: name or number of a computer.
        port: 0 to 65535.
    """

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether it can only mean this computer."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def read_address(text: str, option: str, *, any_port: bool = False) -> Address:
    """The address that `[HOST:]PORT` says; this computer where no host is named.

    Args:
        text: such as `8765`, `192.168.1.20:8765`, `[::1]:8765`.
        option: what the user calls it; for the sentence.
        any_port: 0 is a port too, and means any that is free.

    Raises:
        SinkError: it says no address.
    """
    host, colon, port = text.strip().rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if bracketed:
        host = host[1:-1]
    well_formed = port.isascii() and port.isdecimal() and bool(host or not colon)
    if not well_formed or (":" in host and not bracketed) or any(map(str.isspace, host)):
        raise SinkError(
            f"{option} {text!r} is no address: give a port, or HOST:PORT, as in 8765 or 192.168.1.20:8765."
        )
    if not (0 if any_port else 1) <= int(port) <= 65535:
        raise SinkError(f"{option} {text!r}: there is no port {port}; give one from 1024 to 65535.")
    return Address(host or LOOPBACK, int(port))
