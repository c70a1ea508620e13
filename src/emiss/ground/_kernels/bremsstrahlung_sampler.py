"""Sampling of l N -> l N X: exact density over a proposal that follows it closely.

Proposal: a map of bins in (zeta, v), v = y/y_top; then t from the azimuth-averaged density,
evaluated on a fine grid for this very (zeta, y); then the azimuth from the exact density on a grid
in the angle that flattens the ridge.  The weight is exact density over proposal density.
"""

from __future__ import annotations

import math

import numpy as np

from ..arrays import FloatArray
from .bremsstrahlung import (
    _TAIL_Y,
    amplitude,
    averaged,
    form_factor_squared,
    highest_y,
    linear_forms,
    make_lab,
    scale,
    set_angle,
    set_energy,
    t_integral,
    t_panels,
)
from .jit import helper, kernel

_CELL = 0.35
_CELLS = 400
_AZIMUTHS = 12


@helper
def set_zeta(lab: FloatArray, zeta: float) -> float:
    """Set the boson energy; returns range * f (1 - f), that is dE_X/dzeta."""
    fraction = 1.0 / (1.0 + math.exp(-zeta))
    rest = 1.0 / (1.0 + math.exp(zeta))
    set_energy(lab, fraction, rest)
    return float(lab[10] * fraction * rest / (2.0 * lab[6] ** 2))


@kernel
def proposal_map(
    zetas: FloatArray, vs: FloatArray, particle: FloatArray, ff: FloatArray, rule: FloatArray
) -> FloatArray:
    """d^2 sigma/(dzeta dv) over alpha^2 alpha_X at given points; shape (zeta, v, 4)."""
    lab = make_lab(particle)
    g = np.zeros(8)
    out = np.zeros((zetas.size, vs.size, 4))
    for i in range(zetas.size):
        jacobian = set_zeta(lab, zetas[i])
        top = min(highest_y(lab), _TAIL_Y)
        for j in range(vs.size):
            if top > 0.0 and set_angle(lab, g, top * vs[j]):
                t_integral(lab, g, ff, rule, out[i, j])
                scale(out[i, j], jacobian * top * (-g[0]) / math.sqrt(g[1]))
    return out


@helper
def pick_linear(edges: FloatArray, values: FloatArray, count: int, u: float) -> tuple[float, float]:
    """Sample a piecewise linear density on count + 1 edges: (position, density of it)."""
    total = 0.0
    for i in range(count):
        total += 0.5 * (values[i] + values[i + 1]) * (edges[i + 1] - edges[i])
    if total <= 0.0:
        return edges[0], 0.0
    left = u * total
    i = 0
    while True:
        area = 0.5 * (values[i] + values[i + 1]) * (edges[i + 1] - edges[i])
        if left <= area or i == count - 1:
            break
        left -= area
        i += 1
    width = edges[i + 1] - edges[i]
    a, b = values[i], values[i + 1]
    left = min(left / width, 0.5 * (a + b))
    # a s + (b - a) s^2/2 = left, root without cancellation
    s = 2.0 * left / (a + math.sqrt(max(a * a + 2.0 * (b - a) * left, 0.0)) + 1e-300)
    s = min(max(s, 0.0), 1.0)
    return edges[i] + s * width, (a + (b - a) * s) / total


@helper
def t_density(t: float, which: int, lab: FloatArray, g: FloatArray, ff: FloatArray) -> float:
    """G2/t^2 times the averaged amplitude of one boson."""
    return max(averaged(t, lab, g)[which] * form_factor_squared(t, ff) / (t * t), 0.0)


@helper
def pick_t(
    which: int,
    u: FloatArray,
    lab: FloatArray,
    g: FloatArray,
    ff: FloatArray,
    edges: FloatArray,
    values: FloatArray,
) -> tuple[float, float]:
    """Sample t: (t, density in t); 0 where nothing is allowed. ``u`` has two uniform numbers."""
    start, split, end, centre, spread, _, _ = t_panels(lab, g, ff, _CELL)
    if start >= end:
        return 0.0, 0.0
    low = math.log(start)
    left = 0
    if split > start:
        left = min(math.ceil(math.log(split / start) / _CELL), _CELLS // 2)
    right = 0
    first, last = 0.0, 0.0
    if split < end:
        first = math.asinh((split - centre) / spread)
        last = math.asinh((end - centre) / spread)
        right = min(math.ceil((last - first) / _CELL), _CELLS // 2)
    # both parts share one coordinate: ln t up to the split, then asinh shifted to follow on
    shift = math.log(split) - first
    for i in range(left + 1):
        if left > 0:
            edges[i] = low + math.log(split / start) * i / left
            t = min(max(math.exp(edges[i]), start), end)
            values[i] = t * t_density(t, which, lab, g, ff)
    corner = values[left] if left > 0 else 0.0
    area_left = 0.0
    for i in range(left):
        area_left += 0.5 * (values[i] + values[i + 1]) * (edges[i + 1] - edges[i])
    if right == 0:
        s, density = pick_linear(edges, values, left, u[0])
        t = math.exp(s)
        return t, density / t
    area_right = 0.0
    previous = 0.0
    keep_left = corner + 0.0
    for i in range(right + 1):
        z = first + (last - first) * i / right
        t = min(max(centre + spread * math.sinh(z), start), end)
        value = spread * math.cosh(z) * t_density(t, which, lab, g, ff)
        if i > 0:
            area_right += 0.5 * (previous + value) * (last - first) / right
        edges[left + 1 + i] = z + shift
        values[left + 1 + i] = value
        previous = value
    values[left] = keep_left
    share = area_left / (area_left + area_right + 1e-300)
    if u[1] < share:
        s, density = pick_linear(edges, values, left, u[0])
        t = math.exp(s)
        return t, share * density / t
    s, density = pick_linear(edges[left + 1 :], values[left + 1 :], right, u[0])
    z = s - shift
    return centre + spread * math.sinh(z), (1.0 - share) * density / (spread * math.cosh(z))


@helper
def pick_azimuth(
    t: float,
    which: int,
    u: float,
    lab: FloatArray,
    g: FloatArray,
    edges: FloatArray,
    values: FloatArray,
) -> tuple[float, float]:
    """Sample cos(phi); returns it and the exact amplitude over the density in phi on (0, pi)."""
    _, a, b2, _ = linear_forms(t, lab, g)
    b = math.sqrt(b2)
    r = math.sqrt(max((a - b) * (a + b), 1e-15 * a * a))
    for i in range(_AZIMUTHS + 1):
        edges[i] = math.pi * i / _AZIMUTHS
        c = math.cos(edges[i])
        cos_phi = min(max((b + a * c) / (a + b * c), -1.0), 1.0)
        values[i] = max(amplitude(t, cos_phi, lab, g)[which] * r / (a + b * c), 0.0)
    psi, density = pick_linear(edges, values, _AZIMUTHS, u)
    c = math.cos(psi)
    cos_phi = min(max((b + a * c) / (a + b * c), -1.0), 1.0)
    if density <= 0.0:
        return cos_phi, 0.0
    exact = amplitude(t, cos_phi, lab, g)[which] * r / (a + b * c)
    return cos_phi, exact / (math.pi * density)


@helper
def fill_momenta(
    t: float, cos_phi: float, u: FloatArray, lab: FloatArray, g: FloatArray, out: FloatArray
) -> None:
    """Four-vectors (E, px, py, pz) of boson, lepton and nucleus in out[0:12]."""
    nucleus, e_x, e_1, k = lab[3], lab[4], lab[5], lab[7]
    w, v = g[7], math.sqrt(g[1])
    k_t = k * math.sqrt(w * (2.0 - w))
    k_z = k * (1.0 - w)
    v_z = lab[8] + k * w
    q0 = -t / (2.0 * nucleus)
    q_par = (g[0] - t - e_1 * t / nucleus) / (2.0 * v)
    perp = math.sqrt(max(t + q0 * q0 - q_par * q_par, 0.0))
    if g[4] > 0.0:  # stable where t is close to its limits
        perp = math.sqrt(max(g[4] * (t - g[5]) * (g[6] - t), 0.0)) * v / (2.0 * lab[6] * k_t)
    sin_phi = math.sqrt(max(1.0 - cos_phi * cos_phi, 0.0))
    if u[0] < 0.5:
        sin_phi = -sin_phi
    q_x = -q_par * k_t / v + perp * cos_phi * v_z / v
    q_y = perp * sin_phi
    q_z = q_par * v_z / v + perp * cos_phi * k_t / v
    angle = 2.0 * math.pi * u[1]
    c, s = math.cos(angle), math.sin(angle)
    out[0] = e_x
    out[1], out[2], out[3] = k_t * c, k_t * s, k_z
    x, y, z = q_x - k_t, q_y, v_z + q_z
    out[4] = e_1 + q0
    out[5], out[6], out[7] = x * c - y * s, x * s + y * c, z
    out[8] = nucleus - q0
    out[9], out[10], out[11] = -(q_x * c - q_y * s), -(q_x * s + q_y * c), -q_z


@kernel
def sample(
    uniform: FloatArray,
    which: int,
    particle: FloatArray,
    ff: FloatArray,
    grid: tuple[FloatArray, FloatArray, FloatArray],
) -> FloatArray:
    """Events with their weights over alpha^2 alpha_X; shape (n, 13).

    ``uniform`` has eight random numbers per event; ``grid`` is zeta edges, v edges and the
    probability of each bin, shape (zeta, v).
    """
    zeta_edges, v_edges, probability = grid
    lab = make_lab(particle)
    g = np.zeros(8)
    cumulative = np.cumsum(probability.ravel())
    columns = v_edges.size - 1
    edges, values = np.zeros(_CELLS + 4), np.zeros(_CELLS + 4)
    out = np.zeros((uniform.shape[0], 13))
    for n in range(uniform.shape[0]):
        u = uniform[n]
        bin_ = min(np.searchsorted(cumulative, u[0] * cumulative[-1]), cumulative.size - 1)
        i, j = bin_ // columns, bin_ % columns
        d_zeta = zeta_edges[i + 1] - zeta_edges[i]
        d_v = v_edges[j + 1] - v_edges[j]
        jacobian = set_zeta(lab, zeta_edges[i] + d_zeta * u[1])
        top = min(highest_y(lab), _TAIL_Y)
        if top <= 0.0 or not set_angle(lab, g, top * (v_edges[j] + d_v * u[2])):
            continue
        t, density = pick_t(which, u[3:5], lab, g, ff, edges, values)
        if density <= 0.0:
            continue
        cos_phi, ratio = pick_azimuth(t, which, u[5], lab, g, edges, values)
        jacobian *= top * (-g[0]) / math.sqrt(g[1])
        jacobian *= d_zeta * d_v / probability[i, j] * cumulative[-1]
        out[n, 12] = jacobian * ratio * form_factor_squared(t, ff) / (t * t * density)
        fill_momenta(t, cos_phi, u[6:8], lab, g, out[n])
    return out
