"""CITATION.cff, CHANGELOG.md and LICENSES.md say what is so."""

import re
from datetime import date

import pytest
import yaml

import gesturelrcn
from gesturelrcn.model import shipped_models
from gesturelrcn.toml.positions import parse_toml
from tests.packaging.conftest import ROOT

CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_citation_follows_its_format() -> None:
    """Citation File Format 1.2.0: what must be there, what may be, and of which kind."""
    assert {"cff-version", "message", "title", "authors"} <= set(CITATION)
    assert set(CITATION) <= {
        *("abstract", "authors", "cff-version", "commit", "contact", "date-released", "doi", "identifiers"),
        *("keywords", "license", "license-url", "message", "preferred-citation", "references", "repository"),
        *("repository-artifact", "repository-code", "title", "type", "url", "version"),
    }
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["type"] in ("software", "dataset")
    assert all(isinstance(CITATION[key], str) and CITATION[key] for key in ("message", "title", "abstract"))
    assert len(set(CITATION["keywords"])) == len(CITATION["keywords"])
    for author in CITATION["authors"]:
        assert set(author) <= {"name", "family-names", "given-names", "orcid", "affiliation"}
    for reference in CITATION["references"]:
        assert {"type", "title", "authors"} <= set(reference)
        assert isinstance(reference["year"], int)
        assert re.fullmatch(r"10\.\d{4,9}/[-._;()/:A-Za-z0-9]+", reference["doi"])


def test_the_citation_is_of_this_version() -> None:
    assert str(CITATION["version"]) == gesturelrcn.__version__
    assert CITATION["license"] == "Apache-2.0"


def test_the_changes_are_kept_in_order() -> None:
    headings = re.findall(r"^## \[(.+?)\](?: - (\S+))?$", text("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == ("Unreleased", "")
    released = [(version, date.fromisoformat(on)) for version, on in headings[1:]]
    assert released == sorted(released, key=lambda each: each[1], reverse=True)
    kinds = set(re.findall(r"^### (.+)$", text("CHANGELOG.md"), re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


@pytest.mark.parametrize("card", shipped_models(), ids=lambda card: card.name)
def test_the_licences_name_what_the_cards_name(card) -> None:
    licences = text("LICENSES.md")
    for source in card.data:
        states_none = "none" in source["licence"].lower()
        assert (
            "they state none" if states_none else source["licence"].split()[0].split("-")[0]
        ) in licences, source


def test_the_licences_name_what_is_fetched() -> None:
    fetched = re.findall(r"fetch_folder\.py (\S+)==(\S+) |deps (\S+)==(\S+)$", text("Makefile"), re.MULTILINE)
    assert len(fetched) >= 3
    for found in fetched:
        name, version = [each for each in found if each]
        assert f"{name} {version}" in text("LICENSES.md")


def test_one_version_is_written_once() -> None:
    project = parse_toml(text("pyproject.toml"))[0]
    assert project["project"]["dynamic"] == ["version"]
    assert "version" not in project["project"]
