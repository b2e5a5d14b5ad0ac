"""What gestures are bound to: the bindings file, its words, and following it while it is edited."""
