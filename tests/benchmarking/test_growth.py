import time

from gesturelrcn.benchmarking import growth, live


def test_everything_that_could_grow_has_its_rows():
    told = growth.measure(hours=0.001, rounds=3)
    hours = [row["hour"] for row in told["hours"]]
    assert hours == sorted(hours)
    assert hours[-1] == 0.001
    assert [row["picture"] for row in told["sizes"]] == ["320x240", "640x480", "1280x720", "1920x1080"]
    assert [row["bindings"] for row in told["bindings"]] == [1, 10, 100, 1000]
    for rows in told.values():
        for row in rows:
            assert all(value > 0 for value in row.values() if isinstance(value, float))


def test_the_meter_sees_work_and_memory():
    meter = live.Meter()
    meter.start()
    held = bytearray(20_000_000)
    held[::4096] = b"x" * len(held[::4096])
    began, wall = time.process_time(), time.monotonic()
    while time.process_time() - began < 0.2:
        pass
    meter.stop()
    told = meter.figures()
    assert told["memory_mb"] > 20
    assert told["cpu"]["total"] >= 0.15 / (time.monotonic() - wall)
    assert "MainThread" in told["cpu"]["threads"]
