"""Data sets of a training: what there is to learn from."""
