"""Pictures of surfaces with moderngl over EGL: no window, a graphics card or the processor alone."""

import os
from collections.abc import Sequence
from types import TracebackType
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from gesturelrcn.synthesis.arrays import Floats, Image, Pixels
from gesturelrcn.synthesis.errors import SynthesisError
from gesturelrcn.synthesis.rendering import shaders
from gesturelrcn.synthesis.rendering.camera import FAR_METRES, NEAR_METRES, Light, PinholeCamera
from gesturelrcn.synthesis.rendering.surface import Material, Surface
from gesturelrcn.system.opencv import cv2

SUPERSAMPLING = 1.5
"""Drawing larger and shrinking smooths edges; the processor does it three times as fast as multisampling."""
SHADOW_PIXELS = 384
SHADOW_REACH_METRES = 1.3
"""Half the width of the square around the person in which shadows fall."""
BOX_CORNERS = np.array([[x, y, z] for x in (True, False) for y in (True, False) for z in (True, False)])


def _context() -> Any:
    settings: dict[str, Any] = {"backend": "egl"}
    # Without a graphics card Mesa shares each picture among all cores: such small ones cost more that way.
    os.environ.setdefault("LP_NUM_THREADS", "1")
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
        self._context = context
        positions = np.concatenate([np.hstack([s.vertices, s.normals]) for s in surfaces]).astype(np.float32)
        fixed = np.concatenate([np.hstack([s.uvs, s.cut]) for s in surfaces]).astype(np.float32)
        self._moving = context.buffer(positions.tobytes(), dynamic=True)
        self._fixed = context.buffer(fixed.tobytes())
        self._owned = [self._moving, self._fixed]
        self._starts = np.cumsum([0, *(len(surface.vertices) for surface in surfaces[:-1])])
        self._bounds = self._bounds_of(positions)
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
        with self._context:
            self._moving.write(np.ascontiguousarray(geometry, np.float32).tobytes())
        self._bounds = self._bounds_of(geometry)

    def in_view(self, camera: PinholeCamera) -> NDArray[np.bool_]:
        """(S,) which surfaces may be in the picture; feet under a webcam's picture need not be drawn."""
        corners = np.where(BOX_CORNERS[None], self._bounds[:, None, 0], self._bounds[:, None, 1])
        clip = np.concatenate([corners, np.ones((*corners.shape[:2], 1))], axis=2) @ camera.matrix().T
        x, y, w = clip[..., 0], clip[..., 1], clip[..., 3]
        beyond = np.stack([x > w, x < -w, y > w, y < -w])
        return ~np.asarray(beyond.all(axis=2).any(axis=0))

    def _bounds_of(self, geometry: Image) -> Floats:
        """(S, 2, 3) least and greatest corner of each surface."""
        places = geometry[:, :3]
        least = np.minimum.reduceat(places, self._starts)
        return np.stack([least, np.maximum.reduceat(places, self._starts)], axis=1)

    def release(self) -> None:
        """Give the memory back."""
        with self._context:
            for thing in self._owned:
                thing.release()
        self._owned = []


class Renderer:
    """Draws pictures of one size; a context manager.

    Args:
        width, height: pixels of the pictures.
        supersampling: how many times larger than wanted pictures are drawn before they are shrunk.

    Raises:
        SynthesisError: there is no EGL here.
    """

    def __init__(self, width: int, height: int, supersampling: float = SUPERSAMPLING) -> None:
        self.width, self.height = width, height
        self._size = (round(width * supersampling), round(height * supersampling))
        self._context = context = _context()
        self._program = context.program(shaders.VERTEX, shaders.FRAGMENT)
        self._shadow_program = context.program(shaders.SHADOW_VERTEX, shaders.SHADOW_FRAGMENT)
        self._frame = context.framebuffer(
            [context.renderbuffer(self._size, 4)], context.depth_renderbuffer(self._size)
        )
        self._shadow = context.depth_texture((SHADOW_PIXELS, SHADOW_PIXELS))
        self._shadow.compare_func = "<="
        self._shadow_frame = context.framebuffer([], self._shadow)
        backdrop_program = context.program(shaders.BACKDROP_VERTEX, shaders.BACKDROP_FRAGMENT)
        backdrop_program["picture"], backdrop_program["after"] = 0, 1
        corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32)
        self._backdrop = context.vertex_array(
            backdrop_program, [(context.buffer(corners.tobytes()), "2f", "corner")]
        )
        self._backdrops: list[Any] = []
        self._props: Model | None = None

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
        with self._context:
            return Model(self._context, (self._program, self._shadow_program), surfaces)

    def set_backdrop(self, picture: Pixels, later: Pixels | None = None) -> None:
        """Draw (H, W, 3) uint8 BGR behind everything from now on.

        `later` is the same place in another light; `draw` says how much of it is seen.
        """
        with self._context:
            for texture in self._backdrops:
                texture.release()
            self._backdrops = []
            for seen in (picture, picture if later is None else later):
                flipped = np.ascontiguousarray(seen[::-1, :, ::-1])
                self._backdrops.append(
                    self._context.texture(flipped.shape[1::-1], 3, flipped.tobytes(), alignment=1)
                )

    def set_props(self, surfaces: list[Surface]) -> None:
        """Draw things that stand around the person, such as a desk, in every picture from now on."""
        if self._props is not None:
            self._props.release()
        self._props = self.model(surfaces) if surfaces else None

    def draw(
        self,
        models: Sequence[Model],
        camera: PinholeCamera,
        light: Light,
        focus: Floats,
        shadows: bool = True,
        later: float = 0.0,
    ) -> Pixels:
        """One picture, (height, width, 3) uint8 BGR.

        Args:
            models: what is drawn, with the props, before the backdrop.
            camera, light: see their classes.
            focus: (3,) shadows fall around it.
            shadows: whether they fall at all.
            later: 0 to 1, share of the backdrop's second picture.
        """
        shown = [*models, *([self._props] if self._props else [])]
        # Another renderer may have drawn meanwhile.
        with self._context:
            self._draw(shown, camera, light, focus, shadows, later)
            pixels = np.frombuffer(self._frame.read(components=3, alignment=1), np.uint8)
        upright = pixels.reshape(self._size[1], self._size[0], 3)[::-1, :, ::-1]
        size = (self.width, self.height)
        if size != self._size:
            return np.asarray(cv2.resize(np.ascontiguousarray(upright), size, interpolation=cv2.INTER_AREA))
        return np.ascontiguousarray(upright)

    def depths(self) -> Image:
        """(H, W) metres along the camera's axis to what was drawn last, at the size of drawing.

        Where only the backdrop is seen they are more than 15 metres.
        """
        with self._context:
            read = np.frombuffer(self._frame.read(components=1, attachment=-1, dtype="f4"), np.float32)
        return _metres(read.reshape(self._size[1], self._size[0])[::-1])

    def depths_at(self, places: Floats) -> Floats:
        """(N,) metres to what was drawn last at (N, 2) places in shares of the picture; quicker than all.

        Places beyond the picture are infinitely far.
        """
        wide, high = self._size
        depths = np.full(len(places), np.inf)
        with self._context:
            for index, (x, y) in enumerate(places):
                if 0 <= x < 1 and 0 <= y < 1:
                    pixel = (int(x * wide), high - 1 - int(y * high), 1, 1)
                    read = self._frame.read(pixel, components=1, attachment=-1, dtype="f4")
                    depths[index] = _metres(np.frombuffer(read, np.float32))[0]
        return depths

    def _draw(
        self,
        shown: list[Model],
        camera: PinholeCamera,
        light: Light,
        focus: Floats,
        shadows: bool,
        later: float,
    ) -> None:
        shadow_camera = _shadow_matrix(light, focus)
        self._context.enable(moderngl.DEPTH_TEST)
        self._draw_shadows(shown if shadows else [], shadow_camera)
        self._frame.use()
        self._frame.clear(depth=1.0)
        if self._backdrops:
            for place, texture in enumerate(self._backdrops):
                texture.use(place)
            self._backdrop.program["share"] = later
            self._backdrop.render(moderngl.TRIANGLE_STRIP)
        self._set_uniforms(camera, light, shadow_camera)
        self._shadow.use(1)
        for model in shown:
            self._draw_lit(model, camera)

    def _draw_shadows(self, models: Sequence[Model], shadow_camera: Floats) -> None:
        self._shadow_frame.use()
        self._shadow_frame.clear(depth=1.0)
        self._context.disable(moderngl.CULL_FACE)
        _write(self._shadow_program["shadow_camera"], shadow_camera)
        for model in models:
            for surface, _, _, dark in model.drawn:
                if surface.material is not Material.EYE:
                    self._shadow_program["under_cut"] = surface.under_cut
                    dark.render()

    def _draw_lit(self, model: Model, camera: PinholeCamera) -> None:
        for (surface, texture, lit, _), in_view in zip(model.drawn, model.in_view(camera), strict=True):
            if not in_view:
                continue
            texture.use(0)
            closed = surface.material in (Material.SKIN, Material.EYE)
            (self._context.enable if closed else self._context.disable)(moderngl.CULL_FACE)
            self._program["material"] = int(surface.material)
            self._program["relief"] = surface.relief
            self._program["under_cut"] = surface.under_cut
            lit.render()

    def _set_uniforms(self, camera: PinholeCamera, light: Light, shadow_camera: Floats) -> None:
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


def _metres(depth: Image) -> Image:
    """What a depth buffer holds, 0 to 1, in metres along the camera's axis."""
    share, near, far = depth * 2 - 1, NEAR_METRES, FAR_METRES
    return np.asarray(2 * far * near / (far + near - share * (far - near)), np.float32)


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
