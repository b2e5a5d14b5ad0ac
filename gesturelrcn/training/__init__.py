"""Training: from a config and data sets to model files, in stages that go on where they were."""
