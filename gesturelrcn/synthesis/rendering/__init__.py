"""Surfaces to pixels."""
