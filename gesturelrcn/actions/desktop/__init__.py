"""The computer as it stands: the window in front, the keys and the mouse of the user."""
