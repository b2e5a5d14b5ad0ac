"""The old place of `gesturelrcn.system.opencv`."""
