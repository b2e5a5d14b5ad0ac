"""A film: the script of a person, staged and filmed."""
