"""The same work on many things, by several processes of one thread each."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from gesturelrcn.one_thread import one_thread_each
from gesturelrcn.training.errors import TrainingError

T = TypeVar("T")
R = TypeVar("R")


def in_processes(work: Callable[[T], R], things: Sequence[T], workers: int) -> Iterator[R]:
    """The results of `work` on `things`, in order, as they come; one worker works in this process.

    Raises:
        TrainingError: a worker was killed.
    """
    if workers <= 1 or len(things) <= 1:
        yield from map(work, things)
        return
    with (
        one_thread_each(),
        ProcessPoolExecutor(min(workers, len(things)), multiprocessing.get_context("spawn"), _begin) as pool,
    ):
        try:
            yield from pool.map(work, things)
        except BrokenProcessPool as error:
            raise TrainingError(
                "A worker was killed, perhaps for want of memory: give the same command again, with"
                " fewer --workers."
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    import cv2
    import torch

    cv2.setNumThreads(1)
    torch.set_num_threads(1)
