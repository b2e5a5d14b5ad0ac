"""The config of a training, without torch."""
