"""MediaPipe as teacher: joints of real people."""
