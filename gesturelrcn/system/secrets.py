"""Addresses for people's eyes: without what may be a password."""

import re

_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+:/+)(?P<rest>\S*)")


def without_secrets(text: str) -> str:
    """A text whose addresses lack user, password and all after "?" or "#".

    In case of doubt more than that goes: everything up to the last "@".
    """
    return _ADDRESS.sub(lambda match: match["scheme"] + _place(match["rest"]), text)


def _place(rest: str) -> str:
    return re.split("[?#]", rest.rpartition("@")[2], maxsplit=1)[0]
