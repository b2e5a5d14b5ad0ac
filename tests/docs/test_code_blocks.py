"""Every code block of README.md, its neighbours and docs/ works.

Blocks of a page run in order in one empty folder that holds `clip.avi`, some seconds of the sample
clip, and `clips/`, a folder of clips for each class. What a block needs to run here stands in the page, as a
comment before it, where readers of the source see it and readers of the page do not:

    <!-- run with: GestureStream() => GestureStream("clip.avi") -->
        replaced before it is run; there is no camera here
    <!-- not run: takes hours -->
        only checked: programs, commands, options, modules, files and targets exist
    <!-- file: my.toml -->
        the TOML or HTML is kept in the folder under this name
    <!-- reader: bindings -->
        who reads the TOML, where its tables do not tell: bindings, training, gestures, pyproject
    <!-- output -->
        a text block: what the block before said, but for numbers; `...` for lines left out

Languages: bash and console (`$ ` before commands), python, toml, json (also one object a line), html (tags
are closed), text.
"""

from pathlib import Path

import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.model import assets
from gesturelrcn.system.opencv import cv2
from tests.docs.blocks import ROOT, Block, inline_commands, pages, read_blocks
from tests.docs.commands import WrongCommandError, check_gesturelrcn
from tests.docs.running import BlockError, PageRun

BEGIN, END = 2.0, 6.2
"""Seconds of the sample clip in which somebody stands idle, then points to the right, and rests again."""


def names(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "clip.avi"
    with open_source(assets() / "sample.mp4") as sample:
        writer = None
        for frame in sample:
            if frame.captured_at < BEGIN:
                continue
            if frame.captured_at > END:
                break
            height, width = frame.image.shape[:2]
            if writer is None:
                writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 20.0, (width, height))
            writer.write(frame.image)
    assert writer is not None
    writer.release()
    return path


@pytest.fixture
def folder(tmp_path: Path, clip: Path) -> Path:
    home = tmp_path / "page"
    for name in ("clip.avi", "clips/point_right/a.avi"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).symlink_to(clip)
    return home


@pytest.fixture
def page_run(folder: Path, tmp_path: Path) -> PageRun:
    (tmp_path / "runtime").mkdir(mode=0o700)
    return PageRun(folder, {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "runtime")})


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("page", pages(), ids=names)
def test_blocks_work(page: Path, page_run: PageRun) -> None:
    problems = []
    for block in read_blocks(page):
        try:
            page_run.block(block)
        except BlockError as problem:
            problems.append(str(problem))
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("page", pages(), ids=names)
def test_commands_within_the_text_exist(page: Path) -> None:
    for line, text in inline_commands(page):
        try:
            check_gesturelrcn(text.split()[1:], may_be_short=True)
        except WrongCommandError as problem:
            pytest.fail(f"{names(page)}:{line}: {problem}")


def test_there_are_pages_with_blocks() -> None:
    found = {names(page): len(read_blocks(page)) for page in pages()}
    assert found["README.md"] >= 3
    assert sum(found.values()) > 30


WRONG = {
    "an option": ("bash", "gesturelrcn run sample --reherse", "--reherse"),
    "an option of what is not run": ("bash", "gesturelrcn bench --peer", "--peer"),
    "a command": ("bash", "gesturelrcn slide", "no command slide"),
    "an argument too many": ("bash", "gesturelrcn slides 0 1", "extra argument"),
    "an option within a synopsis": ("bash", "gesturelrcn train A.toml [--datas DIR]", "--datas"),
    "an option behind another program": ("bash", "nice -n 5 gesturelrcn why --lasts 3", "--lasts"),
    "an option of a command in a chain": ("bash", "cd . && gesturelrcn models --jsons > a", "--jsons"),
    "a module": ("bash", "python -m tests.fuz --inputs 3", "tests.fuz"),
    "an option of a module": ("bash", "python -m tests.fuzz --input-count 3", "--input-count"),
    "a script": ("bash", "python demos/slide.py", "demos/slide.py"),
    "a target": ("bash", "make tests", "no target tests"),
    "an extra": ("bash", "pip install 'gesturelrcn[training]'", "extra training"),
    "a program": ("bash", "gestures-for-all", "no program"),
    "a keyword": ("python", "from gesturelrcn import GestureStream\nGestureStream(camera=0)", "camera"),
    "a name": ("python", "from gesturelrcn import Stream", "Stream"),
    "syntax": ("python", "with GestureStream() as", "syntax"),
    "a binding": ("toml", '[[bind]]\ngesture = "point_rigth"\ndo = "key a"', "point_right"),
    "a key of a training": ("toml", 'name = "a"\nholdouts = 1\n[[data]]\nname = "b"', "holdouts"),
    "a gesture": ("toml", '[[movement]]\nname = "a"\ngestures = "wave"', "gestures"),
    "tables that nobody reads": ("toml", "[studio]\nport = 1", "studio"),
    "json": ("json", '{"gesture": wave}', "Expecting value"),
    "html": ("html", "<h1>Gestures</h2>", "not closed"),
    "a language": ("yaml", "a: 1", "yaml"),
    "no language": ("", "gesturelrcn run sample", "no language"),
}
NOT_RUN = {"an option of what is not run", "a keyword"}


@pytest.mark.parametrize("what", [what for what in WRONG if what not in NOT_RUN])
def test_what_is_wrong_is_found(what: str, page_run: PageRun) -> None:
    language, text, told = WRONG[what]
    with pytest.raises(BlockError) as raised:
        page_run.block(Block(Path("page.md"), 7, language, text))
    assert str(raised.value).startswith("page.md:7: ")
    assert told in str(raised.value)


def test_what_is_not_run_is_checked(page_run: PageRun) -> None:
    language, text, told = WRONG["an option of what is not run"]
    with pytest.raises(BlockError, match=told):
        page_run.block(Block(Path("page.md"), 7, language, text, (("not run", "takes hours"),)))
    page_run.block(Block(Path("page.md"), 7, language, text[:-6], (("not run", "takes hours"),)))
    with pytest.raises(BlockError, match="reason"):
        page_run.block(Block(Path("page.md"), 7, language, text[:-6], (("not run", ""),)))


def test_python_is_run(page_run: PageRun) -> None:
    language, text, told = WRONG["a keyword"]
    with pytest.raises(BlockError, match=f"argument '{told}'"):
        page_run.block(Block(Path("page.md"), 7, language, text))


def test_what_is_replaced_must_be_there(page_run: PageRun) -> None:
    stale = Block(Path("page.md"), 7, "bash", "true", (("run with", "0 => clip.avi"),))
    with pytest.raises(BlockError, match="nothing to replace"):
        page_run.block(stale)


def test_output_is_compared_but_for_its_numbers(page_run: PageRun) -> None:
    page_run.block(Block(Path("page.md"), 1, "bash", "echo 'wave  start 0.93'; echo more; echo wave end"))
    output = (("output", ""),)
    page_run.block(Block(Path("page.md"), 4, "text", "wave start  0.5\n...\nwave end\n", output))
    for text in ("wave begin 0.93", "wave end\nwave start 0.93"):
        with pytest.raises(BlockError, match="did not say"):
            page_run.block(Block(Path("page.md"), 4, "text", text, output))
