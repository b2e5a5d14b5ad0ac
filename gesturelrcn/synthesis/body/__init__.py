"""Bodies: shape, skin, hair, clothes, joints."""
