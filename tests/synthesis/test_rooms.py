"""Arrows point one way: a room of synthesis imports those before it only."""

import ast
from pathlib import Path

import pytest

import gesturelrcn.synthesis

PACKAGE = "gesturelrcn.synthesis"
ORDER = (
    *("arrays", "errors", "rotations", "pose"),
    *("motion", "rendering", "body", "scene", "film", "dataset"),
)
ROOT = Path(gesturelrcn.synthesis.__path__[0])


@pytest.mark.parametrize("room", ORDER)
def test_a_room_imports_only_those_before_it(room):
    files = [ROOT / f"{room}.py"] if (ROOT / f"{room}.py").exists() else sorted((ROOT / room).glob("*.py"))
    nodes = [node for path in files for node in ast.walk(ast.parse(path.read_text()))]
    modules = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    imported = {module.split(".")[2] for module in modules if module.startswith(f"{PACKAGE}.")}

    assert files
    assert imported <= set(ORDER[: ORDER.index(room)]) | {room}


def test_every_room_has_its_place():
    names = {path.stem for path in ROOT.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}

    assert names - {"__init__"} == set(ORDER)
