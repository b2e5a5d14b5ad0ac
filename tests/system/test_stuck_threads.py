"""A program of somebody else's ends as it wants to, whatever hangs in native code."""

import subprocess
import sys

import pytest

HOST = """
import asyncio, socket, sys
from gesturelrcn import CaptureError, GestureStream, open_source
silent = socket.create_server(("127.0.0.1", 0))
address = f"http://127.0.0.1:{silent.getsockname()[1]}/video"

async def give_up():
    async def watch():
        async with GestureStream(address) as stream:
            async for event in stream:
                print(event)
    try:
        await asyncio.wait_for(watch(), 0.3)
    except asyncio.TimeoutError:
        print("given up")

def in_a_thread():
    import threading, time
    threading.Thread(target=lambda: open_source(address), daemon=True).start()
    silent.accept()
    print("given up")

WAY
sys.exit(7)
"""


@pytest.mark.parametrize("way", ["asyncio.run(give_up())", "in_a_thread()"])
def test_a_camera_that_does_not_answer_takes_nobody_along(way: str) -> None:
    """What hangs comes back while Python shuts down: here, as the silent camera ends with its program."""
    done = subprocess.run(
        [sys.executable, "-c", HOST.replace("WAY", way)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (7, "given up\n")
    assert "terminate" not in done.stderr
