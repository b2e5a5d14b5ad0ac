"""The GLSL programs of the renderer."""

VERTEX = """#version 330
in vec3 position; in vec3 normal; in vec2 uv; in vec4 cut;
uniform mat4 camera;
out vec3 world; out vec3 facing; out vec2 texture_uv; out vec4 edge;
void main() {
    gl_Position = camera * vec4(position, 1.0);
    world = position; facing = normal; texture_uv = uv; edge = cut;
}"""

FRAGMENT = """#version 330
in vec3 world; in vec3 facing; in vec2 texture_uv; in vec4 edge;
out vec4 colour;
uniform sampler2D picture; uniform sampler2DShadow shadow;
uniform vec3 eye, main_towards, main_colour, fill_towards, fill_colour, sky, floor_light;
uniform int material; uniform float relief; uniform bool under_cut; uniform mat4 shadow_camera;
const int SKIN = 0, CLOTH = 1, HAIR = 2, EYE = 3, MATTE = 4;

// Mikkelsen 2010, "Bump mapping unparametrized surfaces on the GPU": the relief's slope tilts the normal.
vec3 bumped(vec3 n, float height) {
    vec3 across = dFdx(world), down = dFdy(world);
    vec3 r1 = cross(down, n), r2 = cross(n, across);
    float det = dot(across, r1);
    vec3 slope = sign(det) * (dFdx(height) * r1 + dFdy(height) * r2);
    vec3 tilted = abs(det) * n - slope;
    return length(tilted) > 1e-12 ? normalize(tilted) : n;
}

float lit_share() {
    vec3 q = (shadow_camera * vec4(world, 1.0)).xyz * 0.5 + 0.5;
    if (any(greaterThan(abs(q - 0.5), vec3(0.5)))) return 1.0;
    // Two samples, each of which the hardware blends from four.
    vec3 step = vec3(vec2(0.7) / vec2(textureSize(shadow, 0)), 0.0);
    q.z -= 0.004;
    return 0.5 * (texture(shadow, q + step) + texture(shadow, q - step));
}

void main() {
    float inside_cut = min(min(edge.x, edge.y), min(edge.z, edge.w));
    vec4 texel = texture(picture, texture_uv);
    // Hair ends in strands, not in a line.
    if (material == HAIR) inside_cut += 0.02 * (texel.a - 0.6);
    if ((inside_cut > 0.0) == under_cut) discard;
    vec3 albedo = pow(texel.rgb, vec3(2.2));
    vec3 view = normalize(eye - world);
    vec3 n = normalize(facing);
    bool inside = dot(n, view) < 0.0 && !gl_FrontFacing;
    if (inside && material != SKIN) n = -n;
    if (relief > 0.0) n = bumped(n, relief * texel.a);
    if (inside && material == CLOTH) albedo *= 0.55;
    if (material == CLOTH) albedo *= mix(0.72, 1.0, smoothstep(0.012, 0.016, inside_cut));

    float lit = lit_share();
    float wrap = material == SKIN ? 0.30 : material == HAIR ? 0.15 : 0.05;
    float diffuse = max((dot(n, main_towards) + wrap) / (1.0 + wrap), 0.0);
    vec3 bleed = vec3(1.0);
    if (material == SKIN) bleed = mix(vec3(1.0, 0.75, 0.65), bleed, smoothstep(0.0, 0.5, diffuse));
    vec3 ambient = mix(floor_light, sky, 0.5 + 0.5 * n.y);
    // Cloth, skin folds and undersides see less of the room than what faces the camera.
    float open = mix(0.62, 1.0, smoothstep(-0.4, 0.6, n.y + 0.7 * dot(n, view)));
    vec3 fill = fill_colour * max(dot(n, fill_towards), 0.0);
    vec3 light = ambient * open + main_colour * diffuse * lit * bleed + fill;

    vec3 halfway = normalize(main_towards + view);
    float shine = material == EYE ? 1.0 : material == HAIR ? 0.10 : material == SKIN ? 0.07 : 0.015;
    float sharp = material == EYE ? 150.0 : material == HAIR ? 20.0 : 26.0;
    vec3 glint = main_colour * lit * shine * pow(max(dot(n, halfway), 0.0), sharp);
    float rim = material == MATTE ? 0.0 : 0.06 * pow(1.0 - max(dot(n, view), 0.0), 4.0);
    colour = vec4(pow(clamp(albedo * light + glint + ambient * rim, 0.0, 1.0), vec3(1.0 / 2.2)), 1.0);
}"""

SHADOW_VERTEX = """#version 330
in vec3 position; in vec4 cut; uniform mat4 shadow_camera; out vec4 edge;
void main() { gl_Position = shadow_camera * vec4(position, 1.0); edge = cut; }"""

SHADOW_FRAGMENT = """#version 330
in vec4 edge; uniform bool under_cut;
void main() { if ((min(min(edge.x, edge.y), min(edge.z, edge.w)) > 0.0) == under_cut) discard; }"""

BACKDROP_VERTEX = """#version 330
in vec2 corner; out vec2 uv;
void main() { gl_Position = vec4(corner * 2.0 - 1.0, 0.999, 1.0); uv = corner; }"""

BACKDROP_FRAGMENT = """#version 330
in vec2 uv; out vec4 colour; uniform sampler2D picture, after; uniform float share;
void main() { colour = vec4(mix(texture(picture, uv).rgb, texture(after, uv).rgb, share), 1.0); }"""
