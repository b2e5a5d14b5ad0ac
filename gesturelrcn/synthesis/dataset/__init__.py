"""Data sets: films, pictures and performances in files."""
