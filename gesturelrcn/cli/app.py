"""All commands under one roof, and how they end."""

import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gesturelrcn import GestureLrcnError, __version__
from gesturelrcn.cli import logs
from gesturelrcn.cli.annotate import annotate
from gesturelrcn.cli.bench import bench
from gesturelrcn.cli.bindings import bindings
from gesturelrcn.cli.console import say
from gesturelrcn.cli.doctor import doctor
from gesturelrcn.cli.evaluate import evaluate
from gesturelrcn.cli.models import models
from gesturelrcn.cli.record import record
from gesturelrcn.cli.replay import replay
from gesturelrcn.cli.run import run
from gesturelrcn.cli.slides import slides
from gesturelrcn.cli.synth import synth
from gesturelrcn.cli.takes import forget, takes
from gesturelrcn.cli.train import train
from gesturelrcn.cli.why import why


class _Commands(TyperGroup):
    """Turns what the user can mend into one sentence and exit code 2, never a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except GestureLrcnError as error:
            say(f"gesturelrcn: {' '.join(str(error).split())}", to_stderr=True)
            raise SystemExit(2) from None
        except KeyboardInterrupt:
            raise SystemExit(130) from None
        except BrokenPipeError:
            # Whoever read our lines has gone, as `head` does; Python shall not complain at exit either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(141) from None
        return result


app = typer.Typer(
    cls=_Commands,
    name="gesturelrcn",
    help="Gestures in front of a camera become events, keys and slides.",
    epilog="Try **gesturelrcn run sample**: no camera needed, nothing is pressed. Each command says more: "
    "**gesturelrcn run --help**.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

_GESTURES, _WHAT_HAPPENED, _TEACHING = "Use gestures", "See what happens", "Teach and measure"

_EXAMPLES: dict[str, dict[Callable[..., None], str]] = {
    _GESTURES: {
        run: "run 0 --bindings my.toml --rehearse",
        slides: "slides --arm raise_hand",
        bindings: "bindings --example > my.toml",
        annotate: "annotate talk.mp4 --format vtt",
    },
    _WHAT_HAPPENED: {
        doctor: "doctor --source 1",
        why: "why --gesture wave --last 20",
        replay: "replay trace.jsonl",
        models: "models",
    },
    _TEACHING: {
        record: "record wave --takes 5",
        takes: "takes",
        forget: "forget wave",
        train: "train my.toml --data clips",
        evaluate: "evaluate clips --report page",
        synth: "synth --out films --people 20 --hours 0.5",
        bench: "bench --quick",
    },
}
"""Every command with a line to try, as they stand in the help."""

for _panel, _commands in _EXAMPLES.items():
    for _command, _example in _commands.items():
        app.command(rich_help_panel=_panel, epilog=f"For example: **gesturelrcn {_example}**")(_command)


def _show_version(requested: bool) -> None:
    if requested:
        typer.echo(f"gesturelrcn {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Log every change of state on stderr, one JSON object a line.")
    ] = False,
) -> None:
    """Options of the program itself."""
    logs.set_up(as_json=log_json)
