"""The loop of steps: checkpoints, log, plot."""
