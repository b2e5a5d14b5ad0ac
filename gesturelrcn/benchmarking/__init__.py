"""How fast is it here: stages, the whole path, peers, growth, and from a published frame to a key.

Everything timed runs in a process of its own with its threads fixed (`child`), so that what one measurement
loads or leaves behind never is in another one's figures.
"""
