"""The pages make a site: every link and every name resolves, nothing is fetched to build or to read it."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cage import FORBID
from tests.docs.blocks import ROOT

QUIET = {"NO_MKDOCS_2_WARNING": "1"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `make docs` does, by a Python that cannot reach another computer."""
    folder = tmp_path_factory.mktemp("docs")
    (folder / "cage").mkdir()
    (folder / "cage" / "sitecustomize.py").write_text(FORBID)
    log = folder / "forbidden"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder / "site")],
        cwd=ROOT,
        env={**os.environ, **QUIET, "PYTHONPATH": str(folder / "cage"), "FORBIDDEN": str(log)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert not re.search("warning|error", said, re.IGNORECASE), said
    assert not log.exists(), log.read_text()
    return folder / "site"


class Loads(HTMLParser):
    """Addresses that a browser fetches by itself when it shows a page, and those behind links."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.linked: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in ("src", "href", "srcset", "data") and value:
                (self.linked if tag == "a" else self.fetched).append(value)


@pytest.mark.timeout(900)
def test_a_browser_fetches_nothing_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 15
    for page in pages:
        for address in Loads(page).fetched:
            assert not re.match(r"(\w+:)?//", address), f"{page.name} fetches {address}"
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//|@import", sheet.read_text(encoding="utf-8")), sheet


@pytest.mark.timeout(900)
def test_every_page_is_in_the_menu_and_in_the_site(site: Path) -> None:
    menu = set(Loads(site / "index.html").linked)
    for page in (ROOT / "docs").rglob("*.md"):
        place = page.relative_to(ROOT / "docs").with_suffix(".html").as_posix()
        assert (site / place).is_file()
        assert place in menu, f"docs/{page.name} is missing in the nav of mkdocs.yml"


@pytest.mark.timeout(900)
def test_public_names_are_in_the_api(site: Path) -> None:
    import gesturelrcn

    text = (site / "api.html").read_text(encoding="utf-8")
    for name in gesturelrcn.__all__:
        assert re.search(rf'id="gesturelrcn\.[\w.]*{name}"', text), name


def test_links_of_the_readme_lead_somewhere() -> None:
    for page in ROOT.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            assert re.match(r"https?://", target) or (ROOT / target).exists(), f"{page.name}: {target}"


def test_the_drawing_is_whole_and_brings_its_own_ground() -> None:
    drawing = ElementTree.parse(ROOT / "docs" / "house.svg").getroot()
    names = {text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")}
    rooms = {
        "capture",
        "region",
        "model",
        "decoding",
        "actions",
        "trace",
        "synthesis",
        "training",
        "evaluation",
        "annotation",
        "takes",
    }
    assert rooms <= names
    assert all((ROOT / "gesturelrcn" / room).is_dir() for room in rooms)
    styles = "".join(style.text or "" for style in drawing.iter("{http://www.w3.org/2000/svg}style"))
    assert "prefers-color-scheme: dark" in styles
