"""An X server without a screen, for tests with real keys: the one of the demo and the benchmarks."""

from gesturelrcn.benchmarking.x_server import XServer

__all__ = ["XServer"]
