"""What is around a person: room, furniture, the camera and what it does to a picture."""
