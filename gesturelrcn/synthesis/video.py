"""Write films as H.264 files that every player opens."""

from collections.abc import Iterable
from pathlib import Path

from gesturelrcn.synthesis.arrays import Pixels
from gesturelrcn.synthesis.errors import SynthesisError


def write_video(out: Path, images: Iterable[Pixels], fps: int, bit_rate: int) -> None:
    """Write (H, W, 3) uint8 BGR images as H.264, yuv420p; the file appears only when it is whole.

    Raises:
        SynthesisError: the folder is missing or cannot be written.
    """
    import av

    part = out.with_name(f".{out.stem}.part{out.suffix or '.mp4'}")
    try:
        with av.open(str(part), "w", format="mp4") as container:
            stream = None
            for image in images:
                if stream is None:
                    stream = container.add_stream("libx264", rate=fps)
                    stream.height, stream.width = image.shape[:2]
                    stream.pix_fmt, stream.bit_rate = "yuv420p", bit_rate
                    stream.options = {"preset": "slow", "threads": "1"}
                container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
            if stream is not None:
                container.mux(stream.encode())
        part.replace(out)
    except OSError as error:
        raise SynthesisError(
            f"The video {out} cannot be written ({error}): choose a folder that exists."
        ) from error
    finally:
        part.unlink(missing_ok=True)
