"""`async for` over a stream: real capture, a recogniser by colour, and event loops that end badly."""

import asyncio
import gc
import itertools
import socket
import subprocess
import sys
import threading
import time

import pytest

from gesturelrcn.capture import open_source
from gesturelrcn.errors import CaptureError, GestureLrcnError
from gesturelrcn.events import QUEUE_LIMIT
from gesturelrcn.stream.stream import GestureStream
from tests.colours import ColourRecognizer, pictures, without_holds, write_film
from tests.mjpeg_server import MjpegServer
from tests.waiting import PATIENCE, wait_until


@pytest.fixture
def clip(tmp_path):
    return write_film(tmp_path / "clip.avi", "none", "raise_hand", "none", "point_right")


@pytest.fixture
def camera():
    """Green for a second, nothing for half a second, for ever."""
    with MjpegServer(itertools.cycle(pictures("raise_hand", "raise_hand", "none")), 20) as server:
        yield server


def recorded(clip, **options):
    return GestureStream(clip, recognizer=ColourRecognizer(**options))


def live(camera, **options):
    return GestureStream(camera.url, recognizer=ColourRecognizer(**options))


def frame_threads():
    return [thread for thread in threading.enumerate() if thread.name == "gesture-frames"]


def threads_have_ended():
    """A stream that was only dropped ends when it is collected."""

    def ended():
        gc.collect()
        return frame_threads() == []

    wait_until(ended)


async def collect(stream):
    return [event async for event in stream]


def test_asyncio_gets_the_same_events_as_iteration(clip):
    assert asyncio.run(collect(recorded(clip))) == list(recorded(clip))


def test_async_with_opens_and_closes(clip, tmp_path):
    source = open_source(clip)

    async def main():
        async with GestureStream(source, recognizer=ColourRecognizer()) as stream:
            assert stream.gestures == ["raise_hand", "point_right"]
            return await collect(stream)

    assert len(without_holds(asyncio.run(main()))) == 4
    assert list(source) == [], "the source is closed"
    threads_have_ended()


def test_what_cannot_be_opened_is_told_where_it_is_entered_or_iterated(tmp_path):
    async def enter():
        async with recorded(tmp_path / "gone.mp4"):
            pass

    for attempt in (enter, lambda: collect(recorded(tmp_path / "gone.mp4"))):
        with pytest.raises(CaptureError, match=r"gone\.mp4"):
            asyncio.run(attempt())


def test_a_recording_waits_for_a_slow_loop_and_loses_nothing(tmp_path):
    film = write_film(tmp_path / "long.avi", "raise_hand", each=3 * QUEUE_LIMIT)
    recognizer = ColourRecognizer()

    async def main():
        events = []
        async for event in GestureStream(film, recognizer=recognizer):
            if not events:
                await asyncio.sleep(1.0)
                ahead = len(recognizer.frames)
            events.append(event)
        return events, ahead

    events, ahead = asyncio.run(main())
    assert len(events) == 3 * QUEUE_LIMIT + 1, "a start, the holds and an end"
    assert ahead <= QUEUE_LIMIT + 2, "the frames waited"


def test_a_slow_loop_delays_no_live_frame_and_loses_holds_only():
    ages = []
    changing = itertools.cycle(pictures("raise_hand", "none", each=4))
    with MjpegServer(changing, 30, numbered=True) as server:
        stream = live(server, on_frame=lambda frame: ages.append(server.age_of(frame.image)))

        async def main():
            events, slept = [], 0.0
            async with stream:
                async for event in stream:
                    events.append(event)
                    if len(events) == 1:
                        began = time.monotonic()
                        await asyncio.to_thread(wait_until, lambda: len(ages) >= 150)  # some 75 events
                        slept = time.monotonic() - began
                        stream.stop()
            return events, slept

        events, slept = asyncio.run(main())
    assert max(ages[-20:]) < slept / 2, "frames wait for the loop"
    starts_and_ends = without_holds(events)
    ids = [number for _, phase, number in starts_and_ends if phase == "start"]
    assert ids == list(range(1, len(ids) + 1)), "no start is missing"
    assert [number for _, phase, number in starts_and_ends if phase == "end"] == ids
    assert len(events) <= QUEUE_LIMIT + len(starts_and_ends), "holds were dropped"


def test_other_tasks_run_while_the_stream_does(clip):
    async def main():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0)

        ticking = asyncio.create_task(tick())
        counts = [ticks async for _ in recorded(clip)]
        ticking.cancel()
        return counts

    counts = asyncio.run(main())
    assert all(before < after for before, after in itertools.pairwise(counts))


def test_two_streams_at_once(clip, camera):
    async def main():
        seen = {"clip": [], "camera": []}

        async def watch(name, stream):
            async with stream:
                async for event in stream:
                    seen[name].append(event)
                    if name == "camera" and len(without_holds(seen[name])) == 4:
                        break

        await asyncio.gather(watch("clip", recorded(clip)), watch("camera", live(camera)))
        return seen

    seen = asyncio.run(main())
    assert seen["clip"] == list(recorded(clip))
    assert [event[:2] for event in without_holds(seen["camera"])] == [
        ("raise_hand", "start"),
        ("raise_hand", "end"),
    ] * 2
    threads_have_ended()


@pytest.mark.parametrize("how", ["break", "an exception", "cancelled", "a timeout"])
def test_leaving_async_with_closes_before_the_next_line(camera, how):
    called = []
    stream = live(camera)
    stream.on_any(called.append)

    async def watch():
        async with stream:
            async for event in stream:
                if how == "break":
                    break
                if how == "an exception":
                    raise KeyError(event.gesture)
                await asyncio.sleep(60)

    async def main():
        task = asyncio.create_task(watch())
        while how in ("a timeout", "cancelled") and not called:
            await asyncio.sleep(0.01)
        if how == "a timeout":
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(task, 0.1)
        elif how == "cancelled":
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        elif how == "an exception":
            with pytest.raises(KeyError, match="raise_hand"):
                await task
        else:
            await task
        assert stream.state is None, "closed before the next line"
        threads_have_ended()

    asyncio.run(main())
    assert called[-1].phase == "end"


@pytest.mark.parametrize("how", ["break", "an exception", "cancelled"])
def test_leaving_a_bare_async_for_ends_the_stream_soon(camera, how):
    async def main():
        async def watch():
            async for event in live(camera):
                if how == "break":
                    break
                if how == "an exception":
                    raise KeyError(event.gesture)
                await asyncio.sleep(60)

        task = asyncio.create_task(watch())
        await asyncio.wait([task], timeout=1.5)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())
    threads_have_ended()


def test_waiting_for_one_event_may_time_out_and_go_on(clip):
    async def main():
        async with recorded(clip, on_frame=lambda frame: time.sleep(0.02)) as stream:
            events = stream.__aiter__()
            seen, timeouts = [], 0
            while True:
                try:
                    seen.append(await asyncio.wait_for(events.__anext__(), 0.01))
                except asyncio.TimeoutError:
                    timeouts += 1
                except StopAsyncIteration:
                    return seen, timeouts

    seen, timeouts = asyncio.run(main())
    assert timeouts > 0
    assert seen == list(recorded(clip))


@pytest.mark.parametrize("frames_are_over", [False, True])
def test_inside_async_with_an_iteration_may_be_taken_up_again(clip, frames_are_over):
    async def main():
        async with recorded(clip) as stream:
            first = await anext_(stream)
            if frames_are_over:  # and what they told still waits
                await asyncio.to_thread(threads_have_ended)
            return [first, *await collect(stream)], await collect(stream)

    resumed, again = asyncio.run(main())
    whole = list(recorded(clip))
    assert resumed == whole, "nothing is lost in between"
    assert [(e.gesture, e.phase, e.captured_at) for e in again] == [
        (e.gesture, e.phase, e.captured_at) for e in whole
    ], "and then from the beginning"


async def anext_(stream):
    async for event in stream:
        return event
    return None


def test_two_loops_over_one_stream_are_refused(clip):
    async def main():
        stream = recorded(clip)
        first = stream.__aiter__()
        with pytest.raises(GestureLrcnError, match="make another GestureStream"):
            stream.__aiter__()
        await first.aclose()
        assert [event async for event in first] == []
        return await collect(stream)

    assert asyncio.run(main()) == list(recorded(clip))


def test_inside_a_plain_with(clip):
    async def main():
        with recorded(clip) as stream:
            return await anext_(stream)

    assert asyncio.run(main()).phase == "start"
    threads_have_ended()


def test_a_broken_recogniser_raises_in_the_loop(clip):
    def fail(frame):
        if frame.index == 15:
            raise ValueError("bad frame")

    async def main():
        events = []
        try:
            async for event in recorded(clip, on_frame=fail):
                events.append(event)
        except ValueError as error:
            return events, str(error)
        return events, ""

    events, error = asyncio.run(main())
    assert error == "bad frame"
    assert len(events) == 5, "what came before it was told"


def test_an_event_loop_that_is_closed_in_between_ends_the_stream(camera):
    loop = asyncio.new_event_loop()
    stream = live(camera)
    events = []

    async def begin():
        events.append(stream.__aiter__())
        await events[0].__anext__()

    loop.run_until_complete(begin())
    loop.close()
    threads_have_ended()
    assert stream.state is None


def test_cancelled_while_a_source_is_being_opened():
    """A server that accepts and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        stream = GestureStream(
            f"http://127.0.0.1:{silent.getsockname()[1]}/video",
            recognizer=ColourRecognizer(),
            open_timeout=2 * PATIENCE,
        )

        async def enter():
            async with stream:
                pass

        async def main():
            task = asyncio.create_task(enter())
            await asyncio.sleep(0.3)
            began = time.monotonic()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return time.monotonic() - began

        took = asyncio.run(main())
        assert took < PATIENCE, "it waited for the source"
        caller, _ = silent.accept()
        caller.close()
    threads_have_ended()


PROGRAM = """if True:
    import asyncio, sys, time
    from gesturelrcn import GestureStream
    from tests.colours import ColourRecognizer

    stream = GestureStream(sys.argv[1], recognizer=ColourRecognizer())
    stream.on("raise_hand", phase="end")(lambda event: print("end", flush=True))

    async def main():
        global events
        events = stream.__aiter__()
        async for event in events:
            print("start", flush=True)
            {leave}

    {run}
    """


@pytest.mark.parametrize(
    ("leave", "run", "code"),
    [
        pytest.param("break", "asyncio.run(main())", 0, id="the program ends"),
        pytest.param("sys.exit(3)", "asyncio.run(main())", 3, id="exit in the loop"),
        pytest.param("break", "asyncio.new_event_loop().run_until_complete(main())", 0, id="loop left open"),
    ],
)
def test_a_program_that_ends_ends_its_gestures(camera, leave, run, code):
    program = PROGRAM.format(leave=leave, run=run)
    done = subprocess.run(
        [sys.executable, "-c", program, camera.url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout.split(), done.stderr) == (code, ["start", "end"], "")


def test_coroutines_as_callbacks_are_refused():
    async def greet(event):
        pass

    stream = GestureStream(recognizer=ColourRecognizer())
    for register in (stream.on("raise_hand"), stream.on_any, stream.on_source("lost")):
        with pytest.raises(GestureLrcnError, match="greet is a coroutine"):
            register(greet)


def test_importing_the_stream_loads_no_asyncio():
    code = "import sys, gesturelrcn.stream; print('gesturelrcn.stream.asynchronous' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
