"""What presses and moves nothing."""

from gesturelrcn.actions import DryRunInjector, RecordingInjector


def test_a_dry_run_tells_scrolls_and_moves() -> None:
    lines: list[str] = []
    dry = DryRunInjector(lines.append)
    dry.scroll(0, -3)
    dry.move(0.5, 0.25)
    dry.close()
    RecordingInjector().close()
    assert lines == ["scroll 0 -3", "move 0.500 0.250"]
