import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturelrcn.synthesis.rotations import about, frame, matrix, quaternion, slerp, twist, unit

angles = st.floats(-3.1, 3.1)
axes = st.tuples(*[st.floats(-1, 1)] * 3).map(np.array).filter(lambda axis: np.linalg.norm(axis) > 0.1)


@given(axes, angles)
def test_a_quaternion_is_the_same_rotation_as_its_matrix(axis, angle):
    rotation = about(axis, angle)

    assert np.allclose(matrix(quaternion(rotation)), rotation, atol=1e-9)
    assert np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)


@given(axes, angles)
def test_the_twist_about_its_own_axis_is_the_whole_angle(axis, angle):
    assert twist(about(axis, angle), unit(axis)) == pytest.approx(angle, abs=1e-6)


@given(axes, st.floats(0.1, 3.0))
def test_slerp_half_way_is_half_the_angle(axis, angle):
    half = slerp(np.array([1.0, 0, 0, 0]), quaternion(about(axis, angle)), 0.5)

    assert np.allclose(matrix(half), about(axis, angle / 2), atol=1e-6)


def test_a_frame_keeps_its_first_direction_and_is_right_handed():
    axes = frame(np.array([0.0, 2.0, 0.0]), np.array([1.0, 1.0, 0.0]))

    assert np.allclose(axes, [[0, 1, 0], [1, 0, 0], [0, 0, -1]])
