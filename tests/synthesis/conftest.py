"""One person and one renderer for all tests of this folder: both take about a second to make."""

import os

import numpy as np
import pytest

from gesturelrcn.synthesis.body import makehuman
from gesturelrcn.synthesis.body.person import random_person
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.rendering.renderer import Renderer

SIZE = 96


def _skip_unless_ci(error):
    if os.environ.get("CI") == "true":
        raise error
    pytest.skip(str(error))


@pytest.fixture(scope="session")
def body_data():
    try:
        return makehuman.load()
    except SynthesisError as error:
        _skip_unless_ci(error)


@pytest.fixture(scope="session")
def person(body_data):
    return random_person(np.random.default_rng(23))


@pytest.fixture(scope="session")
def renderer():
    try:
        renderer = Renderer(SIZE, SIZE)
    except SynthesisError as error:
        _skip_unless_ci(error)
    with renderer:
        yield renderer
