"""A binding file that is edited while it is in use."""

import time
from functools import partial
from pathlib import Path

from gesturelrcn.actions import Bindings, Dispatcher, RecordingInjector, load_bindings
from gesturelrcn.actions.bindings.reload import BindingsWatch
from tests.waiting import wait_until

GOOD = '[[bind]]\ngesture = "wave"\ndo = "key a"\n'


def test_a_file_that_is_saved_is_taken_and_a_bad_edit_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    used: list[Bindings] = []
    told: list[str] = []
    with BindingsWatch(path, partial(load_bindings, path, ["wave"]), used.append, told.append) as watch:
        path.write_text(GOOD.replace("key a", "key b"))
        wait_until(lambda: len(used) == 1)
        assert str(used[0].all[0].action) == "key b"
        path.write_text(GOOD.replace("wave", "wvae"))
        wait_until(lambda: told)
        assert told == [
            f"{path}:2:11: unknown gesture 'wvae': did you mean 'wave'? (the bindings before stay in force)"
        ]
        path.unlink()
        time.sleep(0.2)
        assert len(told) == 1  # an editor may take the file away for a moment
        other = tmp_path / "new.toml"
        other.write_text(GOOD.replace("key a", "key c"))
        other.rename(path)
        wait_until(lambda: len(used) == 2)
        watch.close()
    assert len(used) == 2


def test_hot_reload_puts_the_new_bindings_in_force(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    dispatcher = Dispatcher(Bindings(), RecordingInjector(), ticking=False)
    with BindingsWatch(path, partial(load_bindings, path, ["wave"]), dispatcher.use, print):
        path.write_text(GOOD + "# changed\n")
        wait_until(lambda: len(dispatcher.bindings) == 1)
