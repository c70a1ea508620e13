"""Exact tree-level l N -> l N X: amplitude averaged over the azimuth and its integrals.

Variables: E_X = x E and theta of the boson, t = -q^2, phi the azimuth of q about V = p - k.
With U = (p-k)^2 - m^2 fixed, every invariant is linear in S = (p'+k)^2 - m^2 = A - B cos(phi), so
the azimuthal average needs only <1/S> = 1/R and <1/S^2> = A/R^3 with R^2 = A^2 - B^2; it is done
in closed form, in combinations that do not cancel.  Order of bosons: vector, axial, scalar,
pseudoscalar.  Form factors come as an array: Z^2, ta, d, Helm radius (0: dipole), Helm skin,
Z of the inelastic part (0: none), ta of the inelastic part.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..arrays import FloatArray
from .jit import helper, kernel

_LOWEST_T = 4e-3  # in units of ta; screening leaves < 1e-5 of the integral below
_HIGHEST_T = 200.0  # in units of d and of tmin; the dipole leaves < 1e-4 above
_TAIL_Y = 15.0  # ln(|U|/|U_0|); the integrand falls like exp(-y)
_MU_P2 = 2.7928473446**2
_PROTON_MASS2 = 0.93827208816**2


@helper
def form_factor_squared(t: float, ff: FloatArray) -> float:
    """G2(t), which contains Z^2."""
    screen = t / (ff[1] + t)
    if ff[3] > 0.0:
        q = math.sqrt(t)
        z = q * ff[3]
        body = 1.0 - 0.1 * z * z if z < 1e-2 else 3.0 * (math.sin(z) - z * math.cos(z)) / z**3
        nucleus = body * math.exp(-0.5 * t * ff[4] ** 2)
    else:
        nucleus = 1.0 / (1.0 + t / ff[2])
    value: float = ff[0] * (screen * nucleus) ** 2
    if ff[5] > 0.0:
        screen = t / (ff[6] + t)
        nucleon = (1.0 + t * (_MU_P2 - 1.0) / (4.0 * _PROTON_MASS2)) / (1.0 + t / 0.71) ** 4
        value += ff[5] * (screen * nucleon) ** 2
    return value


@helper
def amplitude(
    t: float, cos_phi: float, lab: FloatArray, g: FloatArray
) -> tuple[float, float, float, float]:
    """|A|^2/(8 M^2) at one azimuth, for the four bosons."""
    energy, mass, boson, nucleus, e_x, e_1 = lab[0], lab[1], lab[2], lab[3], lab[4], lab[5]
    u = g[0]
    h0, a, b2, delta0 = linear_forms(t, lab, g)
    b = math.sqrt(b2)
    s = a - b * cos_phi
    h = h0 - b * cos_phi
    slope = e_1 - t / (4.0 * nucleus)
    delta = delta0 - slope * b * cos_phi
    tau = 1.0 + t / (4.0 * nucleus**2)
    su = s * u
    w = (tau * t * h * h - 4.0 * delta * delta) / (su * su)
    a0 = (h * h + 2.0 * t * e_x * h / nucleus - 4.0 * t * e_x**2) / su
    pp = energy - (s + t) / (4.0 * nucleus)
    pq = slope + u / (4.0 * nucleus)
    last = 0.5 * tau * (2.0 * boson**2 - h - t)
    v0 = 2.0 * tau * (s / u + u / s) - 8.0 * t / su * (pp**2 + pq**2 + last)
    return combine(a0, v0, w, t * tau / su, mass**2, boson**2)


@helper
def combine(
    a0: float, v0: float, w: float, extra: float, m2: float, x2: float
) -> tuple[float, float, float, float]:
    """Squared amplitudes of the four bosons from the invariant pieces, each over 4 M^2."""
    vector = 0.5 * v0 + (x2 + 2.0 * m2) * w
    axial = 0.5 * v0 + (x2 - 4.0 * m2) * w + 16.0 * m2 * extra + 2.0 * m2 / x2 * a0
    scalar = 0.5 * (a0 + (x2 - 4.0 * m2) * w)
    pseudoscalar = 0.5 * (a0 + x2 * w)
    return vector, axial, scalar, pseudoscalar


@helper
def linear_forms(t: float, lab: FloatArray, g: FloatArray) -> tuple[float, float, float, float]:
    """h0, A, B^2, delta0 with S + U = h0 - B cos(phi), S = A - B cos(phi), D/2M likewise."""
    nucleus, e_1 = lab[3], lab[5]
    u, v2, kk, nn = g[0], g[1], g[2], g[3]
    recoil = kk - nn / nucleus
    h0 = (-u * kk + t * recoil) / v2
    delta0 = (u * nn + t * e_1 * recoil) / v2 - t * h0 / (4.0 * nucleus)
    b2 = max(g[4] * (t - g[5]) * (g[6] - t), 0.0)
    return h0, h0 - u, b2, delta0


@helper
def averaged(t: float, lab: FloatArray, g: FloatArray) -> tuple[float, float, float, float]:
    """|A|^2/(8 M^2) averaged over the azimuth, for the four bosons."""
    energy, mass, boson, nucleus, e_x, e_1 = lab[0], lab[1], lab[2], lab[3], lab[4], lab[5]
    u = g[0]
    h0, a, b2, delta0 = linear_forms(t, lab, g)
    b = math.sqrt(b2)
    r2 = max((a - b) * (a + b), 1e-15 * a * a)
    r = math.sqrt(r2)
    shift = b2 / (a + r)
    variance = shift / (r * r2)  # <1/S^2> - <1/S>^2
    quarter = t / (4.0 * nucleus)
    slope = e_1 - quarter
    offset = energy - quarter
    h_s = (h0 - shift) / r  # <(S+U)/S>
    d_s = (delta0 - slope * shift) / r  # <D/S>/2M
    tau = 1.0 + quarter / nucleus
    w = (tau * t * h_s * h_s - 4.0 * d_s * d_s) / (u * u)
    w += (tau * t - 4.0 * offset * offset) * variance
    a0 = (h0 + u * h_s + 2.0 * t * e_x * h_s / nucleus - 4.0 * t * e_x**2 / r) / u
    pq = slope + u / (4.0 * nucleus)
    squares = (offset**2 + pq**2) / r - 0.5 * offset / nucleus + a / (16.0 * nucleus**2)
    last = 0.5 * tau * ((2.0 * boson**2 - u - t) / r - 1.0)
    v0 = 2.0 * tau * (a / u + u / r) - 8.0 * t / u * (squares + last)
    return combine(a0, v0, w, t * tau / (u * r), mass**2, boson**2)


@helper
def set_energy(lab: FloatArray, fraction: float, rest: float) -> None:
    """Fill E_X, E - E_X, k, p - k and |U| at theta = 0 at a fraction of the range of E_X.

    ``lab`` holds E, m, m_X, M, E_X, E - E_X, p, k, p - k, |U_0|, range, and what is left at its
    ends: least E_X - m_X, least E - E_X - m;  rest = 1 - fraction.
    """
    energy, mass, boson, p, span = lab[0], lab[1], lab[2], lab[6], lab[10]
    kinetic = lab[11] + span * fraction
    e_x = boson + kinetic
    e_1 = mass + lab[12] + span * rest
    k = math.sqrt(kinetic * (2.0 * boson + kinetic))
    lab[4], lab[5], lab[7] = e_x, e_1, k
    lab[8] = (e_1 * (energy + e_x) - mass**2 + boson**2) / (p + k)
    light = boson**2 / (e_x + k)
    lab[9] = light * (2.0 * e_1 + light) + 2.0 * k * mass**2 / (energy + p)


@helper
def make_lab(particle: FloatArray) -> FloatArray:
    """Start the laboratory quantities (see `set_energy`) from E, m, m_X, M, range and its ends."""
    lab = np.zeros(13)
    # Element by element: copies of slices take seconds to compile, for their messages of errors.
    for i in range(4):
        lab[i] = particle[i]
    lab[6] = math.sqrt((particle[0] - particle[1]) * (particle[0] + particle[1]))
    for i in range(3):
        lab[10 + i] = particle[4 + i]
    return lab


@helper
def highest_y(lab: FloatArray) -> float:
    """Largest ln(|U|/|U_0|): backward emission, or no energy left for lepton and nucleus."""
    top = min(lab[9] + 4.0 * lab[6] * lab[7], 2.0 * lab[3] * (lab[5] - lab[1]))
    if top <= lab[9] or lab[7] <= 0.0:
        return 0.0
    return math.log(top / lab[9])


@helper
def set_angle(lab: FloatArray, g: FloatArray, y: float) -> bool:
    """Fill U, V^2, V.k, N, B^2 factor, tmin, tmax, 1 - cos(theta) at |U| = |U_0| exp(y)."""
    energy, mass, boson, nucleus = lab[0], lab[1], lab[2], lab[3]
    e_x, e_1, p, k, gap = lab[4], lab[5], lab[6], lab[7], lab[8]
    minus_u = lab[9] * math.exp(y)
    w = min(lab[9] * math.expm1(y) / (2.0 * p * k), 2.0)
    v2 = gap * gap + 2.0 * p * k * w
    g[0], g[1] = -minus_u, v2
    g[2] = k * (gap - p * w)
    g[3] = minus_u * (energy - 0.5 * e_1) - e_x * mass**2 - 0.5 * e_1 * boson**2
    b = 1.0 + e_1 / nucleus
    aa = 1.0 + (2.0 * e_1 + (mass**2 - minus_u) / nucleus) / nucleus
    half = 2.0 * v2 - minus_u * b
    root = half * half - aa * minus_u * minus_u
    if root <= 0.0 or aa <= 0.0 or half <= 0.0:
        return False
    large = half + math.sqrt(root)
    g[5], g[6] = minus_u * minus_u / large, large / aa
    g[4] = (p * k / v2) ** 2 * w * (2.0 - w) * aa
    g[7] = w
    return bool(g[6] > g[5])


@helper
def ridge(g: FloatArray, lab: FloatArray) -> tuple[float, float]:
    """Real and imaginary part of the zeros in t of R^2, where X is parallel to p'."""
    recoil = (g[2] - g[3] / lab[3]) / g[1]
    a_0 = -g[0] * (g[2] / g[1] + 1.0)
    r2 = recoil * recoil + g[4]
    r1 = 2.0 * a_0 * recoil - g[4] * (g[5] + g[6])
    r0 = a_0 * a_0 + g[4] * g[5] * g[6]
    centre = -0.5 * r1 / r2
    width2 = r0 / r2 - centre * centre
    return centre, math.sqrt(max(width2, 1e-18 * centre * centre))


@helper
def t_panels(lab: FloatArray, g: FloatArray, ff: FloatArray, width: float) -> tuple[Any, ...]:
    """Split the t range: start, split, end, ridge, its width, panels in ln t and in asinh."""
    floor = _LOWEST_T * ff[1]
    scale = ff[2] if ff[5] == 0.0 else max(ff[2], 0.7)
    start = max(g[5], floor)
    end = min(g[6], _HIGHEST_T * max(scale, g[5]))
    if start >= end:
        return start, start, start, 1.0, 1.0, 0, 0
    centre, spread = ridge(g, lab)
    split = end
    if centre > spread and 0.25 * centre < end:
        split = max(0.25 * centre, start)
    left = math.ceil(math.log(split / start) / width) if split > start else 0
    right = 0
    if split < end:
        reach = math.asinh((end - centre) / spread) - math.asinh((split - centre) / spread)
        right = math.ceil(reach / width)
    return start, split, end, centre, spread, left, right


@helper
def t_integral(
    lab: FloatArray, g: FloatArray, ff: FloatArray, rule: FloatArray, out: FloatArray
) -> None:
    """Integral over t of G2/t^2 <|A|^2>/(8 M^2); ``rule``: width, then nodes and weights."""
    out[:] = 0.0
    start, split, end, centre, spread, left, right = t_panels(lab, g, ff, rule[0, 0])
    n = rule.shape[0]
    if left > 0:
        low, step = math.log(start), math.log(split / start) / left
        for i in range(left):
            for j in range(1, n):
                t = math.exp(low + (i + rule[j, 0]) * step)
                weight = step * rule[j, 1] * form_factor_squared(t, ff) / t
                add_amplitude(t, weight, lab, g, out)
    if right > 0:
        low = math.asinh((split - centre) / spread)
        step = (math.asinh((end - centre) / spread) - low) / right
        for i in range(right):
            for j in range(1, n):
                grow = math.exp(low + (i + rule[j, 0]) * step)
                t = centre + spread * 0.5 * (grow - 1.0 / grow)
                jacobian = spread * 0.5 * (grow + 1.0 / grow)
                weight = step * rule[j, 1] * form_factor_squared(t, ff) / (t * t) * jacobian
                add_amplitude(t, weight, lab, g, out)


@helper
def add_amplitude(t: float, weight: float, lab: FloatArray, g: FloatArray, out: FloatArray) -> None:
    """Add the weighted averaged amplitudes."""
    vector, axial, scalar, pseudoscalar = averaged(t, lab, g)
    out[0] += weight * vector
    out[1] += weight * axial
    out[2] += weight * scalar
    out[3] += weight * pseudoscalar


@helper
def scale(row: FloatArray, factor: float) -> None:
    """Multiply a row by a factor, number by number: see `make_lab`."""
    for i in range(row.size):
        row[i] *= factor


@helper
def angle_integral(
    lab: FloatArray, ff: FloatArray, rules: FloatArray, edges: FloatArray, out: FloatArray
) -> None:
    """Integral over y of |U|/V times the t integral; rules[0] for t, rules[1] for y."""
    out[:] = 0.0
    top = min(highest_y(lab), _TAIL_Y)
    g = np.zeros(8)
    part = np.zeros(4)
    low = 0.0
    for i in range(1, edges.size):
        high = min(edges[i], top)
        if high <= low:
            return
        for j in range(1, rules.shape[1]):
            y = low + (high - low) * rules[1, j, 0]
            if not set_angle(lab, g, y):
                continue
            t_integral(lab, g, ff, rules[0], part)
            weight = (high - low) * rules[1, j, 1] * (-g[0]) / math.sqrt(g[1])
            for b in range(4):
                out[b] += weight * part[b]
        low = high


@kernel
def spectrum(
    zetas: FloatArray, particle: FloatArray, ff: FloatArray, rules: FloatArray, edges: FloatArray
) -> FloatArray:
    """D sigma/d zeta over alpha^2 alpha_X in GeV^-2, zeta = ln(f/(1-f)); shape (n, 4).

    f is the fraction of the allowed range of E_X; ``particle`` as in `make_lab`.
    """
    lab = make_lab(particle)
    result = np.zeros((zetas.size, 4))
    for i in range(zetas.size):
        fraction = 1.0 / (1.0 + math.exp(-zetas[i]))
        rest = 1.0 / (1.0 + math.exp(zetas[i]))
        set_energy(lab, fraction, rest)
        angle_integral(lab, ff, rules, edges, result[i])
        scale(result[i], lab[10] * fraction * rest / (2.0 * lab[6] ** 2))
    return result


@kernel
def angular(
    fraction: float, ws: FloatArray, particle: FloatArray, ff: FloatArray, rule: FloatArray
) -> FloatArray:
    """d^2 sigma/(dx dcos(theta)) over alpha^2 alpha_X in GeV^-2 at w = 1 - cos(theta); (n, 4)."""
    lab = make_lab(particle)
    set_energy(lab, fraction, 1.0 - fraction)
    result = np.zeros((ws.size, 4))
    g = np.zeros(8)
    pk = lab[6] * lab[7]
    top = highest_y(lab)
    for i in range(ws.size):
        y = math.log1p(2.0 * pk * ws[i] / lab[9])
        if y <= top and set_angle(lab, g, y):
            t_integral(lab, g, ff, rule, result[i])
            scale(result[i], lab[7] * lab[0] / (lab[6] * math.sqrt(g[1])))
    return result
