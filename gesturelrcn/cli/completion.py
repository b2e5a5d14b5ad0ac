"""What the shell offers after Tab. Where nothing is offered it completes names of files."""

from collections import Counter
from typing import Any

from gesturelrcn.vocabulary import GESTURES

Offer = list[tuple[str, str]]
"""Words, each with what it means; shells that show no meanings show the words."""


def gestures(ctx: Any, incomplete: str) -> Offer:
    """Gestures of the model that is named so far, or of the shipped one."""
    names = _gestures_of(ctx.params.get("model") or "default") or list(GESTURES)
    meanings = {name: gesture.meaning for name, gesture in GESTURES.items()}
    return _beginning(incomplete, [(name, meanings.get(name, "")) for name in names])


def models(incomplete: str) -> Offer:
    """Models that ship with the package."""
    from gesturelrcn.model import shipped_models

    shipped = [(card.name, card.description) for card in shipped_models()]
    return _beginning(incomplete, [("default", "the one that ships with gesturelrcn"), *shipped])


def sources(incomplete: str) -> Offer:
    """Sources that are no files."""
    return _beginning(
        incomplete, [("0", "the first camera"), ("sample", "the clip that ships with gesturelrcn")]
    )


def takes(ctx: Any, incomplete: str) -> Offer:
    """Names of which there are takes."""
    from gesturelrcn.errors import GestureLrcnError
    from gesturelrcn.takes import TakeFolder

    try:
        stored = TakeFolder(ctx.params.get("folder")).takes()
    except GestureLrcnError:
        return []
    counts = Counter(each.take.gesture for each in stored)
    return _beginning(incomplete, [(name, f"{count} takes") for name, count in sorted(counts.items())])


def _gestures_of(model: str) -> list[str]:
    from gesturelrcn.errors import GestureLrcnError
    from gesturelrcn.model import read_card
    from gesturelrcn.model.files import card_path

    try:
        return read_card(card_path(model)).gestures
    except GestureLrcnError:
        return []


def _beginning(incomplete: str, offered: Offer) -> Offer:
    return [each for each in offered if each[0].startswith(incomplete)]
