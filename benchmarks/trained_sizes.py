"""How well networks of other sizes recognise people whom they do not know.

    python benchmarks/trained_sizes.py runs/gestures-6 --data ../shared/data size=96 size=112 hand_size=48

RUN is a run of configs/gestures.toml; each argument after it is a network, as the keys of [network] that
differ. A CNN whose picture has another size starts as that of RUN and is taught for --steps more; so give the
size of RUN as well, or the others have learnt longer. Then one LSTM learns from what the CNNs see. Prints, of
the clips of the people held out: the error of the wrists, the share whose likeliest class is right, gestures
found and wrong starts at a threshold of 0.6, and the mean of -log of the score of the right class. What a
step takes says network_sizes.py. Needs the extra `train`, the data of the config, and a quarter of an hour
for each network.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from gesturelrcn.model.network import LRCN
from gesturelrcn.training.config.config import Config
from gesturelrcn.training.config.file import read_config
from gesturelrcn.training.data.clip_features import ClipFeatures
from gesturelrcn.training.data.feature_sets import held_out_clips
from gesturelrcn.training.loop.log import read_rows
from gesturelrcn.training.loop.loop import make_fabric
from gesturelrcn.training.run.folder import RunFolder
from gesturelrcn.training.run.pipeline import run_stages
from gesturelrcn.training.run.run import Training
from gesturelrcn.training.stages import STAGES
from gesturelrcn.training.tasks.thresholds import clip_scores, validation_figures

ROOT = Path(__file__).parents[1]
_LEAST = 1e-6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("networks", nargs="+", help="such as size=96 or size=96,hidden=64")
    parser.add_argument("--config", type=Path, default=ROOT / "configs" / "gestures.toml")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="of RUN, if it is not beside it")
    parser.add_argument("--out", type=Path, help="folder for the runs; default beside RUN")
    parser.add_argument("--steps", type=int, default=1500, help="of each CNN whose picture changes")
    parser.add_argument("--versions", type=int, default=2, help="cameras for each clip, see the config")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    base = read_config(options.config)
    print("| network | wrist error | clip accuracy | found | wrong starts | -log score |", flush=True)
    print("| --- | --- | --- | --- | --- | --- |", flush=True)
    for sizes in options.networks:
        other = {key: int(value) for key, value in (part.split("=") for part in sizes.split(","))}
        config = _config(base, other, options)
        run = RunFolder((options.out or options.run.parent) / config.name)
        training = Training(
            config=config,
            data=options.data,
            run=run,
            cache=options.cache or options.run.parent / "cache",
            fabric=make_fabric("cpu"),
            workers=options.workers,
        )
        with run.claimed(options.config):
            run_stages(training, STAGES, until="recognition")
        print(_row(sizes.replace("=", " "), training), flush=True)


def _config(base: Config, other: dict[str, int], options: argparse.Namespace) -> Config:
    """The config of one network: a short training that begins where RUN ended."""
    card = next((options.run / "model").glob("*.json"))
    return replace(
        base,
        name="-".join(["sizes", *(f"{key}-{value}" for key, value in other.items())]),
        start=str(card.resolve()),
        network={**base.network, "readers": 1, **other},
        keypoints=replace(base.keypoints, steps=options.steps if "size" in other else 0),
        hands=replace(base.hands, steps=options.steps if "hand_size" in other else 0),
        features=replace(base.features, versions=options.versions),
        thresholds=replace(base.thresholds, folds=0),
        everybody=False,
    )


def _row(name: str, training: Training) -> str:
    network = LRCN(training.network_config)
    network.load_state_dict(load_file(training.run.path / "recognition.safetensors"))
    network.eval()
    clips = held_out_clips(training.run.path, training.sets)
    figures = validation_figures(network, clips)
    rows = read_rows(training.run.path / "keypoints.csv") if training.config.keypoints.steps else []
    wrist = f"{rows[-1]['wrist_median']:.1%}" if rows else ""
    surprise = np.mean([_surprise(network, clip) for clip in clips])
    right, recall = (f"{figures[part]:.0%}" for part in ("clip_accuracy", "recall"))
    return f"| {name} | {wrist} | {right} | {recall} | {figures['wrong']:.0f} | {surprise:.2f} |"


def _surprise(network: LRCN, clip: ClipFeatures) -> float:
    """-log of the mean score of the right class over the second half of a clip."""
    scores = clip_scores(network, clip)
    mean = scores[len(scores) // 2 :].mean(0)
    return float(-np.log(mean[network.config.classes.index(clip.gesture)] + _LEAST))


if __name__ == "__main__":
    main()
