"""What is in the wheel and the sdist, and what is not."""

import ast
import email
import importlib.metadata
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email.message import Message
from importlib.util import find_spec
from pathlib import Path

import pytest
import trove_classifiers
from packaging.requirements import Requirement

import gesturelrcn
from gesturelrcn.model import shipped_models
from gesturelrcn.toml.positions import parse_toml
from tests.packaging.conftest import ROOT, Built, build

MOST = 15_500_000
"""Bytes that the wheel may have; 14.3 MB are networks and the sample clip."""


@pytest.fixture(scope="module")
def files(built: Built) -> dict[str, bytes]:
    with zipfile.ZipFile(built.wheel) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist()}


@pytest.fixture(scope="module")
def metadata(files: dict[str, bytes]) -> Message:
    [name] = [name for name in files if name.endswith(".dist-info/METADATA")]
    return email.message_from_bytes(files[name])


def test_its_size(built: Built) -> None:
    assert built.wheel.stat().st_size <= MOST


def test_it_has_everything_that_the_program_reads(files: dict[str, bytes]) -> None:
    for card in shipped_models():
        assert {f"gesturelrcn/assets/{name}" for name in (f"{card.name}.json", *card.files)} <= set(files)
    assert {
        "gesturelrcn/py.typed",
        "gesturelrcn/assets/people-1.json",
        "gesturelrcn/assets/people-1.onnx",
        "gesturelrcn/assets/sample.mp4",
        "gesturelrcn/assets/slides.toml",
        "gesturelrcn/assets/bindings.toml",
        "gesturelrcn/actions/bindings/bindings.schema.json",
        "gesturelrcn/synthesis/motion/gestures.toml",
    } <= set(files)
    package = {str(path.relative_to(ROOT)) for path in (ROOT / "gesturelrcn").rglob("*.py")}
    assert package <= set(files)


def test_it_has_nothing_else(files: dict[str, bytes]) -> None:
    roots = {name.partition("/")[0] for name in files}
    assert roots == {"gesturelrcn", f"gesturelrcn-{gesturelrcn.__version__}.dist-info"}
    endings = {Path(name).suffix for name in files if name.startswith("gesturelrcn/")}
    weights, clips = {".onnx", ".safetensors", ".npz"}, {".mp4", ".jsonl", ".jpg"}
    assert endings <= {".py", ".typed", ".json", ".toml"} | weights | clips
    assert not [name for name in files if "test" in Path(name).name or "__pycache__" in name]
    pictures = [len(data) for name, data in files.items() if name.endswith((".jpg", ".png"))]
    assert sum(pictures) < 100_000, "pictures of the documentation stay outside"


def test_licences_are_in_it(files: dict[str, bytes], metadata: Message) -> None:
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE", "LICENSES.md", "NOTICE"]
    for name in ("LICENSE", "LICENSES.md", "NOTICE"):
        [inside] = [data for path, data in files.items() if path.endswith(f".dist-info/licenses/{name}")]
        assert inside == (ROOT / name).read_bytes()


def test_what_the_metadata_say(built: Built, metadata: Message) -> None:
    assert metadata["Name"] == "gesturelrcn"
    assert metadata["Version"] == gesturelrcn.__version__
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload() == (built.tree / "README.md").read_text(encoding="utf-8")
    classifiers = metadata.get_all("Classifier") or []
    assert set(classifiers) <= trove_classifiers.classifiers
    pythons = {each.rpartition(" ")[2] for each in classifiers if each.startswith("Programming Language")}
    assert {"3.10", "3.11", "3.12", "3.13"} <= pythons
    assert metadata.get_all("Project-URL") is None, "the project has no home of its own yet"


def test_the_extras_exist_and_can_be_had(metadata: Message) -> None:
    project = parse_toml((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[0]["project"]
    assert set(metadata.get_all("Provides-Extra") or ()) == set(project["optional-dependencies"])
    extras = {"train", "sinks", "synthesis", "wayland", "mediapipe", "dev"}
    assert extras <= set(project["optional-dependencies"])
    for line in metadata.get_all("Requires-Dist") or []:
        needed = Requirement(line)
        if needed.marker is not None and "docs" in str(needed.marker):
            continue  # `make docs` installs it
        if needed.name == "mediapipe" and find_spec("mediapipe") is None:
            continue  # not for every Python, and not with the newest versions
        if needed.marker is None or needed.marker.evaluate() or "extra" in str(needed.marker):
            assert needed.specifier.contains(importlib.metadata.version(needed.name)), line


ONLY_ON_MACOS = {"Quartz"}
"""What pynput brings there."""


def imported() -> Iterator[str]:
    """Top-level modules that the package imports somewhere."""
    for path in (ROOT / "gesturelrcn").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (name.name.partition(".")[0] for name in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0]


def test_everything_that_is_imported_is_asked_for(metadata: Message) -> None:
    asked = {Requirement(line).name for line in metadata.get_all("Requires-Dist") or []}
    owners = importlib.metadata.packages_distributions()
    for module in set(imported()) - set(sys.stdlib_module_names) - {"gesturelrcn"} - ONLY_ON_MACOS:
        names = {name.lower() for name in owners.get(module, [module])}
        assert names & asked, module


def test_the_sdist_builds_the_same_wheel(built: Built, tmp_path: Path) -> None:
    """`built.wheel` came from the sdist; this one comes from the tree."""
    build(built.tree, tmp_path, "--wheel")
    [wheel] = tmp_path.glob("*.whl")
    assert wheel.read_bytes() == built.wheel.read_bytes()


def test_the_sdist_can_be_tested(built: Built) -> None:
    with tarfile.open(built.sdist) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    for name in ("tests/conftest.py", "demos/callbacks.py", "Makefile", "setup/fetch_folder.py"):
        assert name in names
    assert not [name for name in names if name.startswith(("runs/", ".cache/", "docs/", ".venv/"))]
