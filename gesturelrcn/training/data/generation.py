"""Data sets that a run makes itself: films of synthetic people, pictures of them with joints, rooms."""

from pathlib import Path

from gesturelrcn.system.worker_pool import in_processes
from gesturelrcn.training.config.config import DataSettings, Kind, Make
from gesturelrcn.training.loop.loop import TrainingProgress

_SHARD_FRAMES = 1000
_SHARD_SIZES: dict[Kind, int] = {"performances": 100, "backgrounds": 200, "people": 400}
_NAMES = {
    "pictures": "keypoints",
    "hands": "hands",
    "performances": "performances",
    "backgrounds": "rooms",
    "people": "people",
}
"""What the commands of the synthesis call their shards."""


def make_set(
    settings: DataSettings, folder: Path, data: Path, workers: int, progress: TrainingProgress
) -> None:
    """Make what is not there yet of a set.

    Args:
        settings: with `make`.
        folder: where.
        data: vocabulary files are relative to it.
        workers: processes.
        progress: is told seconds of film, or pictures.

    Raises:
        SynthesisError: no EGL, no body data, or the folder cannot be written.
    """
    assert settings.make is not None
    if settings.kind in _NAMES:
        make_shards(settings.name, settings.kind, settings.make, folder, workers, progress)
        return
    from gesturelrcn.synthesis.dataset.films import make_dataset
    from gesturelrcn.synthesis.dataset.plan import Recipe

    make = settings.make
    recipe = Recipe(
        people=make.people,
        hours=make.hours,
        size=make.size,
        fps=make.fps,
        seed=make.seed,
        clips=make.clips,
        gestures=data / make.gestures if make.gestures else None,
        backgrounds=None,
    )
    recipe.check()
    make_dataset(recipe, folder, workers, lambda done, of: progress(f"films {settings.name}", done, of))


def make_shards(
    name: str, kind: Kind, make: Make, folder: Path, workers: int, progress: TrainingProgress
) -> None:
    """Make the shards of a set that are not there yet; of backgrounds, pictures, so many for each seed."""
    shard = _Shard(folder, kind, make)
    count = -(-make.frames // shard.frames)
    seeds = [make.seed * 10_000 + number for number in range(count)]
    missing = [seed for seed in seeds if not shard.is_there(seed)]
    for done, _ in enumerate(in_processes(shard, missing, workers), start=count - len(missing)):
        progress(f"{kind} {name}", done + 1, count)


class _Shard:
    """Can be sent to another process."""

    def __init__(self, folder: Path, kind: Kind, make: Make) -> None:
        self._folder, self._kind, self._size = folder, kind, make.size
        self.frames = min(make.frames, _SHARD_SIZES.get(kind, _SHARD_FRAMES))

    def is_there(self, seed: int) -> bool:
        """Whether all of it is."""
        last = f"{self.frames - 1:05d}.jpg" if self._kind == "backgrounds" else "000.npz"
        return (self._folder / f"{_NAMES[self._kind]}-{seed}-{last}").exists()

    def __call__(self, seed: int) -> None:
        if self._kind == "performances":
            from gesturelrcn.synthesis.dataset.performances import write_shards as write_performances

            write_performances(self._folder, seed, self.frames, self.frames)
            return
        if self._kind == "backgrounds":
            from gesturelrcn.synthesis.dataset.backgrounds import write_backgrounds

            write_backgrounds(self._folder, seed, self.frames, self._size)
            return
        if self._kind == "hands":
            from gesturelrcn.synthesis.dataset.hand_images import write_shards as write_hands

            write_hands(self._folder, seed, self.frames, self.frames, self._size)
            return
        if self._kind == "people":
            from gesturelrcn.synthesis.dataset.people_images import write_shards as write_people

            write_people(self._folder, seed, self.frames, self.frames, self._size)
            return
        from gesturelrcn.synthesis.dataset.keypoint_images import write_shards

        write_shards(self._folder, seed, 0.0, self.frames, self._size)
