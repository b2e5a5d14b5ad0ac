"""Pages of documentation as lists of code blocks, with what comments say about them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]

_DIRECTIVE = re.compile(r"<!--\s*(not run|run with|file|reader|output)\b:?\s*(.*?)\s*-->", re.DOTALL)


def pages() -> list[Path]:
    """README.md and its neighbours, and every page of docs/."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


@dataclass(frozen=True)
class Block:
    """A code block of a page.

    Attributes:
        page: the file.
        line: of the page on which the block begins.
        language: of the fence; empty for an indented block.
        text: what stands in it.
        directives: (name, value) from the comments before it.
    """

    page: Path
    line: int
    language: str
    text: str
    directives: tuple[tuple[str, str], ...] = ()

    def directive(self, name: str) -> str | None:
        """What the comment of this name says; None where there is none."""
        return next((value for key, value in self.directives if key == name), None)

    @property
    def as_run(self) -> str:
        """The text with every `run with: OLD => NEW` done.

        Raises:
            ValueError: OLD does not stand in the block, or no NEW is said.
        """
        text = self.text
        for name, value in self.directives:
            if name == "run with":
                old, arrow, new = value.partition("=>")
                old = old.strip()
                if not arrow or old not in text:
                    raise ValueError(f"nothing to replace: {value!r}")
                text = text.replace(old, new.strip())
        return text

    @property
    def place(self) -> str:
        """For messages: file and line."""
        name = self.page.relative_to(ROOT) if self.page.is_relative_to(ROOT) else self.page.name
        return f"{name}:{self.line}"


def read_blocks(page: Path) -> list[Block]:
    """Every code block of a page, in order."""
    return list(_blocks(page, page.read_text(encoding="utf-8")))


def _blocks(page: Path, text: str) -> Iterator[Block]:
    directives: list[tuple[str, str]] = []
    for token in MarkdownIt().parse(text):
        if token.type == "html_block":
            directives += [(match[1], match[2]) for match in _DIRECTIVE.finditer(token.content)]
            continue
        if token.type in ("fence", "code_block"):
            line = token.map[0] + 1 if token.map else 0
            language = token.info.split()[0] if token.info.split() else ""
            yield Block(page, line, language, token.content, tuple(directives))
        directives = []


def inline_commands(page: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every `gesturelrcn ...` within a paragraph, list or table."""
    for token in MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8")):
        for child in token.children or []:
            if child.type == "code_inline" and child.content.startswith("gesturelrcn "):
                yield (token.map[0] + 1 if token.map else 0), " ".join(child.content.split())
