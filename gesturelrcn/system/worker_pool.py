"""Processes that work at the same time, end with their block, and never outlive the one that started them."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.context import SpawnContext
from typing import Any, TypeVar

from gesturelrcn.errors import GestureLrcnError


@contextmanager
def worker_pool(
    workers: int, context: SpawnContext, begin: Callable[..., None], arguments: tuple[Any, ...], advice: str
) -> Generator[ProcessPoolExecutor, None, None]:
    """Workers of one thread each that end with the block, however it ends.

    Args:
        workers: how many.
        context: starts them.
        begin: the first thing in every worker; it calls `leave_to_parent`.
        arguments: of `begin`.
        advice: the end of the sentence that tells that a worker was killed.

    Raises:
        GestureLrcnError: a worker was killed.
    """
    others = set(multiprocessing.active_children())
    with one_thread_each():
        pool = ProcessPoolExecutor(workers, context, begin, arguments)
        try:
            yield pool
        except BaseException as error:
            # What they have finished is written; a long stream shall not be waited for.
            for worker in set(multiprocessing.active_children()) - others:
                worker.terminate()
            pool.shutdown(wait=True, cancel_futures=True)
            if isinstance(error, BrokenProcessPool):
                raise GestureLrcnError(
                    f"A worker was killed, perhaps for want of memory: {advice}."
                ) from error
            raise
        pool.shutdown()


def leave_to_parent() -> None:
    """In a worker: Ctrl-C is left to the parent, and the worker never outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""What numpy, torch and onnxruntime read when they load."""


@contextmanager
def one_thread_each(*more: str) -> Iterator[None]:
    """Processes that are started in here have one thread each.

    Args:
        more: names of further environment variables that say how many threads there are.
    """
    names = (*VARIABLES, *more)
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


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
    import torch

    from gesturelrcn.system.opencv import cv2

    leave_to_parent()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
