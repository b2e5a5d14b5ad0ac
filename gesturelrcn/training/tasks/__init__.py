"""What is learnt: a loss, batches and measures for each task."""
