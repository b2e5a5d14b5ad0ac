"""Keys and mouse movements to the system: pynput, uinput, a recorder, and which of them to take."""
