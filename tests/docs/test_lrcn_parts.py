"""Every part of the LRCN that docs/lrcn.md names is where the page says."""

import importlib
import re
from pathlib import Path

import pytest
from torch import nn

from gesturelrcn.model.network import LRCN, TemporalHead
from gesturelrcn.model.network_config import NetworkConfig

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "lrcn.md"
CONFIG = NetworkConfig(classes=("none", "wave"), size=32, hidden=8, regression=("height",))

PARTS = {
    "convolutions": nn.Conv2d,
    "time-distributed layers": None,
    "pooling": None,
    "LSTM": nn.LSTM,
    "dropout": nn.Dropout,
    "loss": None,
    "output layer for classes": nn.Linear,
    "output layer for regression": nn.Linear,
}
"""The parts, and which layer of torch each of them is or is made of."""


def rows():
    """Part -> the places that its row of a table names, as (file, name)."""
    found = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        places = re.findall(r"`(gesturelrcn/[\w/]+\.py): ([\w.]+)`", cells[1]) if len(cells) == 4 else []
        if places:
            found[cells[0]] = places
    return found


def named(file, name):
    """The object; layers are looked for in a head that is made."""
    assert (ROOT / file).is_file()
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    first, *rest = name.split(".")
    thing = getattr(module, first)
    assert thing.__module__ == module.__name__, f"{name} is only imported in {file}"
    for step in rest:
        thing = getattr(thing, step) if hasattr(thing, step) else getattr(made(thing), step)
    return thing


def made(kind):
    return {TemporalHead: TemporalHead, LRCN: LRCN}[kind](CONFIG)


def test_every_part_has_a_row():
    assert list(rows())[: len(PARTS)] == list(PARTS)


@pytest.mark.parametrize(
    ("part", "file", "name"), [(p, *place) for p, found in rows().items() for place in found]
)
def test_what_a_row_names_is_there(part, file, name):
    thing = named(file, name)
    layer = PARTS.get(part)
    if layer is not None:
        modules = [thing] if isinstance(thing, nn.Module) else list(thing().modules())
        assert any(isinstance(module, layer) for module in modules), f"{name} is no {layer.__name__}"


def test_the_parts_work_together():
    """A frame goes in; scores that sum to 1, a number and another state come out."""
    import torch

    torch.manual_seed(0)
    network = LRCN(CONFIG).eval()
    state = network.initial_state()
    picture = torch.zeros(1, 1, 32, 32, 3, dtype=torch.uint8)
    scores, _, new, numbers = network(picture, state, torch.full((1, 1), 0.05))
    assert scores.shape == (1, 1, 2)
    assert scores.sum().item() == pytest.approx(1)
    assert numbers.shape == (1, 1, 1)
    assert not torch.equal(new, state)
