"""TOML with positions: errors that name the line."""
