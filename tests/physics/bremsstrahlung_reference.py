"""An independent route to dark bremsstrahlung: Dirac traces, and other phase-space variables.

The total is an integral over t, S = (p'+k)^2 - m^2, U = (p-k)^2 - m^2 and the azimuth of k in the
rest frame of lepton and boson.  S, U do not depend on that azimuth, there is no ridge, and the
amplitude is coded in plain invariants (extended precision), unlike in the package, which
integrates over x, theta, t with stable combinations and a closed azimuthal average.
"""

from __future__ import annotations

import numpy as np

from emiss.ground import constants as const
from emiss.physics.processes.form_factors import squared_form_factor

_ONE, _ZERO = np.eye(2), np.zeros((2, 2))
_PAULI = [np.array(s, complex) for s in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])]
GAMMA = [np.block([[_ONE, _ZERO], [_ZERO, -_ONE]]).astype(complex)]
GAMMA += [np.block([[_ZERO, s], [-s, _ZERO]]) for s in _PAULI]
GAMMA5 = 1j * GAMMA[0] @ GAMMA[1] @ GAMMA[2] @ GAMMA[3]
METRIC = np.diag([1.0, -1.0, -1.0, -1.0])


def slash(vector):
    return sum(METRIC[i, i] * vector[i] * GAMMA[i] for i in range(4))


def traced_amplitude(p, q, k, total, masses, boson):
    """|A|^2 from Dirac traces; q is the outgoing lepton, total = P_i + P_f."""
    m, m_x = masses
    s = (q + k) @ METRIC @ (q + k) - m * m
    u = (p - k) @ METRIC @ (p - k) - m * m
    unit = np.eye(4)

    def chain(vertex):
        after = vertex @ (slash(q + k) + m * unit) @ slash(total) / s
        return after + slash(total) @ (slash(p - k) + m * unit) @ vertex / u

    def trace(one):
        barred = GAMMA[0] @ one.conj().T @ GAMMA[0]
        return np.trace((slash(q) + m * unit) @ one @ (slash(p) + m * unit) @ barred).real / 2

    if boson == "scalar":
        return trace(chain(unit))
    if boson == "pseudoscalar":
        return trace(chain(1j * GAMMA5))
    chains = [chain(g @ GAMMA5 if boson == "axial" else g) for g in GAMMA]
    along = sum(METRIC[i, i] * k[i] * chains[i] for i in range(4))
    return -sum(METRIC[i, i] * trace(chains[i]) for i in range(4)) + trace(along) / m_x**2


def invariant_amplitudes(inv, m, m_x):
    """|A|^2 of V, A, S, P from plain invariants (1609.06781, 1705.01633 in our metric)."""
    s, u, t, p2, pp, pq, pk = inv
    w = (p2 * t * (s + u) ** 2 - 4 * (u * pp + s * pq) ** 2) / (s * u) ** 2
    a0 = ((s + u) ** 2 * p2 - 4 * t * pk**2) / (s * u)
    t2 = m_x**2 - s - u - t
    v0 = 2 * (s * s + u * u) * p2 / (s * u)
    v0 = v0 - 8 * t / (s * u) * (pp**2 + pq**2 + (t2 + m_x**2) * p2 / 2)
    axial = v0 + 2 * (m_x**2 - 4 * m**2) * w + 32 * m**2 * t * p2 / (s * u)
    return {
        "vector": v0 + 2 * (m_x**2 + 2 * m**2) * w,
        "axial": axial + 4 * m**2 / m_x**2 * a0,
        "scalar": a0 + (m_x**2 - 4 * m**2) * w,
        "pseudoscalar": a0 + m_x**2 * w,
    }


def _gauss(order):
    nodes, weights = np.polynomial.legendre.leggauss(order)
    return np.longdouble(0.5 * (nodes + 1.0)), np.longdouble(0.5 * weights)


def _points(energy, m, m_x, nucleus, unit):
    """Invariants and phase-space weight from four coordinates in the unit cube."""
    e = np.longdouble(energy)
    p = np.sqrt(e * e - np.longdouble(m) ** 2)
    s_low = m_x**2 + 2 * m * m_x
    # S_max(t) = 2 p |q| - t (1 + E/M) = s_low bounds t: bisection on both sides of its maximum
    top = lambda t: 2 * p * np.sqrt(t + t * t / (4 * nucleus**2)) - t * (1 + e / nucleus)  # noqa: E731
    peak = np.longdouble(nucleus) * p * 0.9
    grid = np.exp(np.linspace(np.log(np.longdouble(1e-24)), np.log(peak * 4), 4001))
    peak = grid[np.argmax(top(grid))]
    bounds = []
    for outer in (np.longdouble(1e-26), np.longdouble(1e6)):
        a, b = np.log(outer), np.log(peak)
        for _ in range(200):
            c = (a + b) / 2
            a, b = (c, b) if top(np.exp(c)) < s_low else (a, c)
        bounds.append((a + b) / 2)
    log_t = bounds[0] + (bounds[1] - bounds[0]) * unit[0]
    t = np.exp(log_t)
    span_s = np.log(np.maximum(top(t) / s_low, 1.0))
    s = s_low * np.exp(span_s * unit[1])
    mass2 = s + np.longdouble(m) ** 2  # of lepton and boson
    root = np.sqrt(mass2)
    e_k = (mass2 + m_x**2 - m**2) / (2 * root)
    k = np.sqrt((mass2 - (m + m_x) ** 2) * (mass2 - (m - m_x) ** 2)) / (2 * root)
    e_p = (mass2 + m**2 + t) / (2 * root)
    p_star = np.sqrt(e_p**2 - m**2)
    # least |U| = 2 (e_p e_k - p k) - m_x^2 without cancellation
    u_low = 2 * (e_p**2 * m_x**2 + k**2 * m**2) / (e_p * e_k + p_star * k) - m_x**2
    span_u = np.log1p(4 * p_star * k / u_low)
    minus_u = u_low * np.exp(span_u * unit[2])
    one_less = (minus_u - u_low) / (2 * p_star * k)
    cosine, sine = 1 - one_less, np.sqrt(np.maximum(one_less * (2 - one_less), 0))
    q0 = -t / (2 * nucleus)
    q_z = -(s + t - 2 * e * q0) / (2 * p)
    q_t = np.sqrt(np.maximum(t + q0**2 - q_z**2, 0))
    e_n = nucleus * (e + q0) / root
    along = (e_n * e_p - nucleus * e) / p_star
    across = nucleus * p * q_t / (root * p_star)
    phi = np.pi * unit[3]
    e_x = (e_k * e_n - k * (along * cosine + across * sine * np.cos(phi))) / nucleus
    u = -minus_u
    inv = (
        s, u, t, 4 * np.longdouble(nucleus) ** 2 + t,
        2 * nucleus * e - (s + t) / 2,
        2 * nucleus * (e - e_x + q0) + (u + t) / 2,
        2 * nucleus * e_x - (s + u) / 2,
    )  # fmt: skip
    # dt ds' = t s dlog t dlog S; dcos = |U| dlog|U|/(2 p k); azimuth averaged
    weight = t * s * (bounds[1] - bounds[0]) * span_s
    weight = weight * minus_u * span_u / (2 * p_star * k) / 2
    # flux 1/(4 M p), d^3q/(2 E_N (2 pi)^3), two-body phase space, (4 pi)^3 of the couplings
    weight = weight * 2 * np.pi / (8 * nucleus * p) / (2 * np.pi) ** 3 / (4 * nucleus * p)
    weight = weight * (2 * k / root) / (8 * np.pi) * (4 * np.pi) ** 3 / t**2
    return inv, weight, e_x


def reference_totals(energy, m_x, element, m, form_factor="elastic", order=40, panels=1):
    """Totals in pb at g = e by a Gauss product rule in ln t, ln S, ln|U|; exact in the azimuth."""
    x, w = _gauss(order)
    x = (np.arange(panels)[:, None] + x).ravel() / panels
    w = np.tile(w / panels, panels)
    phi = (np.arange(4) + np.longdouble(0.5)) / 4
    totals = dict.fromkeys(("vector", "axial", "scalar", "pseudoscalar"), np.longdouble(0))
    for t_node, t_weight in zip(x, w, strict=True):
        unit = np.meshgrid([t_node], x, x, phi, indexing="ij")
        inv, weight, _ = _points(energy, m, m_x, element.nuclear_mass, unit)
        weight = weight * squared_form_factor(inv[2].astype(float), element, form_factor)
        weight = weight * t_weight * w[:, None, None] * w[None, :, None] / phi.size
        for boson, amplitude in invariant_amplitudes(inv, m, m_x).items():
            totals[boson] += np.sum(amplitude * weight)
    scale = const.ALPHA**3 * const.GEV2_PICOBARN
    return {boson: float(value) * scale for boson, value in totals.items()}


def monte_carlo(energy, m_x, element, m, count, seed, recoil=False):
    """Points (x, weight of each boson in pb) with random coordinates: for cuts and spectra.

    With ``recoil`` also the energy of the outgoing lepton and the cosine of its angle.
    """
    unit = np.random.Generator(np.random.Philox(seed)).random((4, count)).astype(np.longdouble)
    inv, weight, e_x = _points(energy, m, m_x, element.nuclear_mass, unit)
    weight = weight * squared_form_factor(inv[2].astype(float), element) / count
    scale = const.ALPHA**3 * const.GEV2_PICOBARN
    amplitudes = invariant_amplitudes(inv, m, m_x)
    weights = {b: (a * weight * scale).astype(float) for b, a in amplitudes.items()}
    x = (e_x / energy).astype(float)
    if not recoil:
        return x, weights
    s, u, t = inv[:3]
    e_l = energy - e_x - t / (2 * element.nuclear_mass)
    p = np.sqrt(np.longdouble(energy) ** 2 - np.longdouble(m) ** 2)
    p_l = np.sqrt(np.maximum(e_l**2 - np.longdouble(m) ** 2, 1e-30))
    # (p - p')^2 = m_X^2 - S - U - t = 2 m^2 - 2 p.p'
    cosine = (energy * e_l - m**2 + (m_x**2 - s - u - t) / 2) / (p * p_l)
    return x, weights, e_l.astype(float), cosine.astype(float)
