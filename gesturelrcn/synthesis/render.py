"""Pictures of surfaces with moderngl over EGL: no window, a graphics card or the processor alone."""

from types import TracebackType
from typing import Any

import moderngl
import numpy as np

from gesturelrcn.synthesis import shaders
from gesturelrcn.synthesis.arrays import Floats, Image, Pixels
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.scene import Camera, Light
from gesturelrcn.synthesis.surface import Material, Surface

SHADOW_PIXELS = 640
SHADOW_REACH_METRES = 1.3
"""Half the width of the square around the person in which shadows fall."""


def _context() -> Any:
    settings: dict[str, Any] = {"backend": "egl"}
    try:
        return moderngl.create_context(standalone=True, **settings)
    except Exception as error:
        raise SynthesisError(
            f"No picture can be drawn because EGL does not answer ({error}): install the Debian packages"
            " libegl1 libegl-mesa0 libgl1-mesa-dri, or a graphics driver that carries EGL."
        ) from error


class Model:
    """Surfaces in the memory of the graphics card; made by `Renderer.model`, gone after `release`."""

    def __init__(self, context: Any, programs: tuple[Any, Any], surfaces: list[Surface]) -> None:
        positions = np.concatenate([np.hstack([s.vertices, s.normals]) for s in surfaces]).astype(np.float32)
        fixed = np.concatenate([np.hstack([s.uvs, s.cut]) for s in surfaces]).astype(np.float32)
        self._moving = context.buffer(positions.tobytes(), dynamic=True)
        self._fixed = context.buffer(fixed.tobytes())
        self._owned = [self._moving, self._fixed]
        self.drawn: list[tuple[Surface, Any, Any, Any]] = []
        first = 0
        for surface in surfaces:
            indices = context.buffer((surface.faces + first).astype(np.int32).tobytes())
            first += len(surface.vertices)
            texture = _texture(context, surface.texture)
            lit = context.vertex_array(
                programs[0],
                [(self._moving, "3f 3f", "position", "normal"), (self._fixed, "2f 4f", "uv", "cut")],
                indices,
            )
            dark = context.vertex_array(
                programs[1],
                [(self._moving, "3f 12x", "position"), (self._fixed, "8x 4f", "cut")],
                indices,
            )
            self.drawn.append((surface, texture, lit, dark))
            self._owned += [indices, texture, lit, dark]

    def move(self, geometry: Image) -> None:
        """Put the vertices at (N, 6) new positions and normals, as `Skinner.apply` returns them."""
        self._moving.write(np.ascontiguousarray(geometry, np.float32).tobytes())

    def release(self) -> None:
        """Give the memory back."""
        for thing in self._owned:
            thing.release()
        self._owned = []


class Renderer:
    """Draws pictures of one size; a context manager.

    Args:
        width, height: pixels of the pictures.
        samples: coverage samples a pixel, 4 for smooth edges.

    Raises:
        SynthesisError: there is no EGL here.
    """

    def __init__(self, width: int, height: int, samples: int = 4) -> None:
        self.width, self.height = width, height
        self._context = context = _context()
        self._program = context.program(shaders.VERTEX, shaders.FRAGMENT)
        self._shadow_program = context.program(shaders.SHADOW_VERTEX, shaders.SHADOW_FRAGMENT)
        size, samples = (width, height), min(samples, context.max_samples)
        self._smooth = context.framebuffer(
            [context.renderbuffer(size, 4, samples=samples)],
            context.depth_renderbuffer(size, samples=samples),
        )
        self._resolved = context.framebuffer([context.renderbuffer(size, 4)])
        self._shadow = context.depth_texture((SHADOW_PIXELS, SHADOW_PIXELS))
        self._shadow.compare_func = "<="
        self._shadow_frame = context.framebuffer([], self._shadow)
        backdrop_program = context.program(shaders.BACKDROP_VERTEX, shaders.BACKDROP_FRAGMENT)
        corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32)
        self._backdrop = context.vertex_array(
            backdrop_program, [(context.buffer(corners.tobytes()), "2f", "corner")]
        )
        self._backdrop_picture: Any = None

    def __enter__(self) -> "Renderer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give everything back."""
        self._context.release()

    def model(self, surfaces: list[Surface]) -> Model:
        """Bring surfaces into the memory of the graphics card."""
        return Model(self._context, (self._program, self._shadow_program), surfaces)

    def set_backdrop(self, picture: Pixels) -> None:
        """Draw (H, W, 3) uint8 BGR behind everything from now on."""
        if self._backdrop_picture is not None:
            self._backdrop_picture.release()
        flipped = np.ascontiguousarray(picture[::-1, :, ::-1])
        self._backdrop_picture = self._context.texture(
            flipped.shape[1::-1], 3, flipped.tobytes(), alignment=1
        )

    def draw(
        self,
        models: list[Model],
        camera: Camera,
        light: Light,
        focus: Floats,
        shadows: bool = True,
    ) -> Pixels:
        """One picture, (height, width, 3) uint8 BGR; shadows fall around `focus` (3,)."""
        shadow_camera = _shadow_matrix(light, focus)
        self._context.enable(moderngl.DEPTH_TEST)
        self._shadow_frame.use()
        self._shadow_frame.clear(depth=1.0)
        _write(self._shadow_program["shadow_camera"], shadow_camera)
        for model in models if shadows else []:
            for surface, _, _, dark in model.drawn:
                self._shadow_program["under_cut"] = surface.under_cut
                dark.render()
        self._smooth.use()
        self._smooth.clear(depth=1.0)
        if self._backdrop_picture is not None:
            self._backdrop_picture.use(0)
            self._backdrop.render(moderngl.TRIANGLE_STRIP)
        self._set_uniforms(camera, light, shadow_camera)
        self._shadow.use(1)
        for model in models:
            for surface, texture, lit, _ in model.drawn:
                texture.use(0)
                closed = surface.material in (Material.SKIN, Material.EYE)
                (self._context.enable if closed else self._context.disable)(moderngl.CULL_FACE)
                self._program["material"] = int(surface.material)
                self._program["relief"] = surface.relief
                self._program["under_cut"] = surface.under_cut
                lit.render()
        self._context.copy_framebuffer(self._resolved, self._smooth)
        pixels = np.frombuffer(self._resolved.read(components=3, alignment=1), np.uint8)
        return np.ascontiguousarray(pixels.reshape(self.height, self.width, 3)[::-1, :, ::-1])

    def _set_uniforms(self, camera: Camera, light: Light, shadow_camera: Floats) -> None:
        program = self._program
        _write(program["camera"], camera.matrix())
        _write(program["shadow_camera"], shadow_camera)
        program["picture"], program["shadow"] = 0, 1
        vectors = {
            "eye": camera.eye,
            "main_towards": light.towards,
            "main_colour": light.main,
            "fill_towards": light.fill_towards,
            "fill_colour": light.fill,
            "sky": light.sky,
            "floor_light": light.floor,
        }
        for name, vector in vectors.items():
            program[name] = tuple(float(part) for part in vector)


def _texture(context: Any, picture: Pixels) -> Any:
    flipped = np.ascontiguousarray(picture[::-1])
    texture = context.texture(flipped.shape[1::-1], 4, flipped.tobytes())
    texture.build_mipmaps()
    texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
    return texture


def _shadow_matrix(light: Light, focus: Floats) -> Floats:
    forward = -light.towards
    right = np.cross(forward, [0.0, 1.0, 0.01])
    right = right / np.linalg.norm(right)
    view = np.eye(4)
    view[:3, :3] = np.stack([right, np.cross(right, forward), -forward])
    view[:3, 3] = -view[:3, :3] @ (focus + light.towards * 3)
    reach = SHADOW_REACH_METRES
    lens = np.diag([1 / reach, 1 / reach, -2 / 6.0, 1.0])
    lens[2, 3] = -1.0
    return lens @ view


def _write(uniform: Any, matrix: Floats) -> None:
    uniform.write(matrix.T.astype(np.float32).tobytes())
