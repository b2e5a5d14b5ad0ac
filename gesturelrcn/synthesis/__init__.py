"""Synthetic people who perform gestures, filmed with exact truth. Needs the extra `synthesis`."""
