"""Recorded clips and films: what is listed, what is true of them, and their frames."""
