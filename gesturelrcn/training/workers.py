"""The same work on many things, by several processes of one thread each."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from gesturelrcn.worker_pool import leave_to_parent, worker_pool

T = TypeVar("T")
R = TypeVar("R")


def in_processes(work: Callable[[T], R], things: Sequence[T], workers: int) -> Iterator[R]:
    """The results of `work` on `things`, in order, as they come; one worker works in this process.

    Raises:
        GestureLrcnError: a worker was killed.
    """
    if workers <= 1 or len(things) <= 1:
        yield from map(work, things)
        return
    context = multiprocessing.get_context("spawn")
    advice = "give the same command again, with fewer --workers"
    with worker_pool(min(workers, len(things)), context, _begin, (), advice) as pool:
        yield from pool.map(work, things)


def _begin() -> None:
    import cv2
    import torch

    leave_to_parent()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
