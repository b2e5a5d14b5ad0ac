"""A trained network to files that are given out."""
