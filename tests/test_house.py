"""The house keeps its order: rooms import what lies below them only, and no two files need each other."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import gesturelrcn

PACKAGE = Path(gesturelrcn.__file__).parent

WORDS = {"errors", "events", "keypoints", "thresholds", "vocabulary"}
BELOW = WORDS | {"system", "toml"}
SEEING = {"capture", "region", "model", "decoding", "observation", "recognizer"}
MAY_IMPORT = {
    **dict.fromkeys([*WORDS, "system", "toml"], WORDS),
    **dict.fromkeys(["capture", "region", "decoding", "sinks"], BELOW),
    "model": BELOW | {"region"},
    "observation": BELOW | {"region", "decoding"},
    "recognizer": BELOW | SEEING,
    "stream": BELOW | SEEING,
    "actions": BELOW | {"stream"},
    "trace": BELOW | {"actions", "capture", "decoding", "observation"},
    "overlay": BELOW | SEEING | {"actions", "trace"},
    "recordings": BELOW | {"capture", "region"},
    **dict.fromkeys(["annotation", "evaluation"], BELOW | SEEING | {"recordings", "stream"}),
    "takes": BELOW | SEEING | {"overlay", "recordings"},
    "synthesis": BELOW | {"capture", "region", "recordings"},
    "training": BELOW | SEEING | {"recordings", "evaluation", "synthesis"},
    "benchmarking": BELOW | SEEING | {"stream", "actions", "recordings", "evaluation"},
}
"""What each room may import. The command line may import every room; no room imports it."""


def module_name(path: Path) -> str:
    return ".".join((PACKAGE.name, *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
        ".__init__"
    )


FILES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported(module: str) -> Iterator[str]:
    """Files of the package that `module` imports anywhere: at its top, in functions, for types only."""
    for node in ast.walk(ast.parse(FILES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in FILES)
        elif isinstance(node, ast.ImportFrom) and node.module in FILES:
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                yield inner if inner in FILES else node.module


IMPORTS = {module: sorted(set(imported(module)) - {module}) for module in FILES}


def room_of(module: str) -> str:
    """The first word below the package; "" for the package itself."""
    return module.partition(".")[2].partition(".")[0]


ROOMS = sorted({room_of(module) for module in FILES} - {"", "__main__", "cli"})


@pytest.mark.parametrize("room", ROOMS)
def test_no_arrow_points_up(room):
    up = [
        f"{module} imports {other}"
        for module in FILES
        if room_of(module) == room
        for other in IMPORTS[module]
        if room_of(other) not in MAY_IMPORT[room] | {room, ""}
    ]
    assert not up


def test_no_two_files_need_each_other():
    lower = {module: others for module, others in IMPORTS.items() if module != PACKAGE.name}
    TopologicalSorter(lower).prepare()  # raises CycleError, which names the circle


def test_the_list_names_rooms_that_are_there():
    assert set(ROOMS) == set(MAY_IMPORT)


@pytest.mark.parametrize(
    ("library", "loader"),
    [("cv2", "gesturelrcn.system.opencv"), ("onnxruntime", "gesturelrcn.system.onnx_session")],
)
def test_what_changes_the_environment_or_reads_it_is_loaded_in_one_place(library: str, loader: str) -> None:
    plainly = [
        module
        for module, path in FILES.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import) and library in [name.name for name in node.names]
    ]
    assert set(plainly) == {loader}
