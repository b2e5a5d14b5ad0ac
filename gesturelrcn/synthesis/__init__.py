"""Synthetic people who perform gestures, filmed with exact truth. Needs the extra `synthesis`.

Its rooms, in this order; each may import those above it, never one below:

    arrays, errors, rotations, pose     the words: kinds of arrays, what a user can mend, what a body does
    motion       what a person does over time: the vocabulary of movements, a timeline, tracks of real people
    rendering    surfaces, textures, camera and light, and the renderer that makes pictures of them
    body         a person: shape, skin, hair, clothes, a skeleton
    scene        what is around a person: room, furniture, the webcam and where it stands
    film         scripts, what is staged around them, and the film with its truth
    dataset      films, pictures and tracks in files; the commands that write them
"""
