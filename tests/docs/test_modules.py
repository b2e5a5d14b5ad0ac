"""Every `python -m gesturelrcn...` that is written anywhere can be run so."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT

_WRITTEN = re.compile(r"python3? -m (gesturelrcn(?:\.\w+)*)")
_FOLDERS = ("gesturelrcn", "docs", "configs", "demos", "benchmarks")
_KINDS = {".py", ".md", ".toml"}


def written() -> dict[str, list[str]]:
    """Each module that is to be run, and the files that say so."""
    texts = [
        path for folder in _FOLDERS for path in sorted((ROOT / folder).rglob("*")) if path.suffix in _KINDS
    ]
    places: dict[str, list[str]] = {}
    for path in (*sorted(ROOT.glob("*.md")), *texts):
        for module in _WRITTEN.findall(path.read_text(encoding="utf-8")):
            places.setdefault(module, []).append(str(path.relative_to(ROOT)))
    return places


def runs(module: str) -> bool:
    """Whether `python -m` finds the module, and it does something then."""
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        return False
    if spec is None or spec.origin is None:
        return False
    if spec.submodule_search_locations is not None:
        return find_spec(f"{module}.__main__") is not None
    return '\nif __name__ == "__main__":' in Path(spec.origin).read_text(encoding="utf-8")


WRITTEN = written()


@pytest.mark.parametrize("module", WRITTEN)
def test_a_module_that_is_named_can_be_run(module: str) -> None:
    assert runs(module), f"{', '.join(WRITTEN[module])}: python -m {module} does nothing"


def test_what_cannot_be_run_is_noticed() -> None:
    assert {"gesturelrcn", "gesturelrcn.training.teacher", "gesturelrcn.benchmarking"} <= set(WRITTEN)
    assert [runs(f"gesturelrcn.{name}") for name in ("events", "toml", "nothing", "nothing.at_all")] == [
        False
    ] * 4
