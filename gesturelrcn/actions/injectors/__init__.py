"""Keys and mouse movements to the system: X11, pynput, uinput, a recorder, and which of them to take."""
