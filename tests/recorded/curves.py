"""What is read from tables as people write them: a curve, or a refusal in these words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import numpy as np

from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.build import curve_of
from emiss.physics.constraints.curves.darkcast import parse_lmt
from emiss.physics.constraints.curves.hepdata_table import parse_hepdata
from emiss.physics.constraints.curves.quantity import meaning_of
from emiss.physics.constraints.curves.table import Choice, Table
from emiss.physics.constraints.curves.text_table import parse_text

ROWS: Final = "1,1e-5\n10,3e-5\n100,2e-4\n"
TEXTS: Final = {
    "plain": "mass [MeV],epsilon\n" + ROWS,
    "mass in GeV": "m_A' [GeV],epsilon\n0.001,1e-5\n0.01,3e-5\n",
    "no head": ROWS,
    "no unit": "mass,epsilon\n" + ROWS,
    "unit in a comment": "# mass in MeV\n" + ROWS,
    "units in a comment": "# units: MeV, 1\nmass,epsilon\n" + ROWS,
    "units that contradict": "# units: GeV, 1\nmass [MeV],epsilon\n" + ROWS,
    "square": "mass [MeV],epsilon^2\n1,1e-10\n10,9e-10\n",
    "logarithm": "mass [MeV],log10(epsilon)\n1,-5\n10,-4.5\n",
    "logarithm of the mass": "log10(mass/MeV),epsilon\n0,1e-5\n1,3e-5\n2,1e-4\n",
    "coupling": "mass [MeV],g\n" + ROWS,
    "coupling to photons": "mass [MeV],g_agg [GeV^-1]\n" + ROWS,
    "wrong unit": "mass [MeV],epsilon [GeV]\n" + ROWS,
    "cross-section": "mass [MeV],sigma [cm^2]\n1,1e-38\n10,1e-39\n",
    "cross-section in fb": "mass [MeV],sigma [fb]\n1,1\n10,2\n",
    "y": "mass [MeV],y\n1,1e-12\n10,1e-11\n",
    "tabs": "mass [MeV]\tepsilon\n1\t1e-5\n10\t3e-5\n",
    "semicolons": "mass [MeV];epsilon\n1;1e-5\n10;3e-5\n",
    "blanks": "# mass[MeV] epsilon\n1 1e-5\n10 3e-5\n",
    "decimal commas": "mass [MeV],epsilon\n1,5,1e-5\n10,5,3e-5\n",
    "decimal commas and semicolons": "mass [MeV];epsilon\n1,5;1e-5\n10,5;3e-5\n",
    "falling": "mass [MeV],epsilon\n100,2e-4\n10,3e-5\n1,1e-5\n",
    "disorder": "mass [MeV],epsilon\n1,1e-5\n100,2e-4\n10,3e-5\n50,1e-4\n",
    "one mass twice": "mass [MeV],epsilon\n1,1e-5\n1,2e-5\n10,3e-5\n",
    "gap": "mass [MeV],epsilon\n1,1e-5\n5,\n10,3e-5\n",
    "negative": "mass [MeV],epsilon\n1,-1e-5\n10,3e-5\n",
    "text": "mass [MeV],epsilon\n1,small\n10,3e-5\n",
    "one row": "mass [MeV],epsilon\n1,1e-5\n",
    "one column": "mass [MeV]\n1\n2\n",
    "edges": "mass [MeV],lower,upper\n1,1e-5,1e-3\n10,3e-5,5e-4\n",
    "edges named": "mass [MeV],epsilon lower,epsilon upper\n1,1e-5,1e-3\n10,3e-5,5e-4\n",
    "observed and expected": (
        "mass [MeV],observed epsilon,expected epsilon\n1,1e-5,2e-5\n10,3e-5,4e-5\n"
    ),
    "two quantities": "mass [MeV],epsilon,y\n1,1e-5,1e-12\n10,3e-5,1e-11\n",
    "dark matter": "m_chi [MeV],y\n1,1e-12\n10,1e-11\n",
    "factor": "mass [MeV],epsilon x 10^-5\n1,1\n10,3\n",
    "percent": "# epsilon in per cent\nmass [MeV],epsilon\n1,1\n10,3\n",
    "quantity told": "# quantity: epsilon^2\n# mass in MeV\n1,1e-10\n10,9e-10\n",
    "axes of a plot": "# m [MeV]\nx,y\n1,1e-5\n10,3e-5\n",
    "parameters told": "# alpha_D = 0.1, m_chi/m_A' = 1/3\nmass [MeV],y\n1,1e-12\n10,1e-11\n",
    "qualified": "#: LIMIT,,90% CL,95% CL\nmass [MeV],epsilon,epsilon\n1,1e-5,2e-5\n10,3e-5,4e-5\n",
    "empty": "",
    "comments alone": "# nothing\n",
    "infinite": "mass [MeV],epsilon\n1,inf\n10,3e-5\n",
    "huge": "mass [MeV],epsilon\n1,1e400\n10,3e-5\n",
}
CHOSEN: Final = {
    "by name": ("two quantities", {"column": "y"}),
    "by number": ("observed and expected", {"column": "2"}),
    "by a wrong name": ("two quantities", {"column": "sigma"}),
    "as epsilon^2": ("no head", {"quantity": "epsilon^2", "mass_unit": "MeV"}),
    "as epsilon": ("no unit", {"mass_unit": "GeV"}),
    "as something else": ("cross-section", {"quantity": "epsilon"}),
    "by a qualifier": ("qualified", {"qualifiers": (("limit", "95% CL"),)}),
}  # fmt: skip
HEADS: Final = (
    "epsilon", "eps2", "UL_eps2", "epsilon**2", "kinetic mixing squared", "alpha'/alpha", "ε²",
    "limit on g_{B-L}", "g^2", "y = epsilon^2 alpha_D (m_chi/m_A')^4", "sigma_e", "sigma_SI",
    "log10 epsilon^2", "ln(eps)", "-log10(epsilon)", "g_{a gamma gamma}", "1/f_a", "events",
    "efficiency", "BR(pi0 -> gamma A')", "mass", "m_{chi}", "U_mu^2", "|epsilon|", "f(epsilon)",
    "g_agg^2", "cross section times branching fraction", "",
)  # fmt: skip
UNITS: Final = ("", "1", "GeV^-1", "GeV^-2", "MeV", "pb", "cm^2", "10^-3", "%")


def _outcome(read: Callable[[], Table], choice: Choice) -> object:
    try:
        curve = curve_of(read(), "curve", choice)
    except EmissError as refused:
        return [str(refused)]
    told = [curve.quantity, curve.unit or "1", curve.reading, *curve.notes]
    return [told, curve.masses, curve.values, [] if curve.upper is None else curve.upper]


def _text(text: str, **chosen: Any) -> object:
    return _outcome(lambda: parse_text(text, "file.csv"), Choice(**chosen))


def _hepdata(heads: Sequence[tuple[str, str]], values: Sequence[Sequence[Any]]) -> object:
    columns = [
        {"header": {"name": name, "units": unit}, "values": [{"value": v} for v in column]}
        for (name, unit), column in zip(heads, values, strict=True)
    ]
    data = {"independent_variables": columns[:1], "dependent_variables": columns[1:]}
    return _outcome(lambda: parse_hepdata(data, "file.yaml"), Choice())


def _meaning(head: str) -> object:
    found: list[object] = []
    for unit in UNITS:
        try:
            meaning = meaning_of(head, unit)
        except EmissError as refused:
            found.append([str(refused)])
        else:
            found.append([meaning.name or "nothing", meaning.power, meaning.scale])
    return found


def _contour(kind: str, count: int) -> object:
    angle = np.linspace(0.0, 2.0 * np.pi, count)
    x, y = 10.0 ** (1.0 + np.cos(angle)), 10.0 ** (-4.0 + np.sin(angle))
    if kind == "open":
        x, y = x[: count // 2 + 3], y[: count // 2 + 3]
    if kind == "gap":
        x, y = x[:-2], y[:-2]
    if kind == "turned":
        x, y = np.roll(x[:-1], count // 3)[::-1], np.roll(y[:-1], count // 3)[::-1]
    if kind == "eight":
        y = 10.0 ** (-4.0 + np.sin(2.0 * angle))
    rows = "".join(f"{a:.6g},{b:.6g}\n" for a, b in zip(x, y, strict=True))
    return _text("mass [MeV],epsilon\n" + rows)


RECIPES: dict[str, Callable[[], object]] = {
    f"table: {name}": partial(_text, text) for name, text in TEXTS.items()
}
RECIPES |= {f"column {n}": partial(_text, TEXTS[t], **c) for n, (t, c) in CHOSEN.items()}
RECIPES |= {f"head '{head}'": partial(_meaning, head) for head in HEADS}
RECIPES |= {
    f"contour, {kind}, {count}": partial(_contour, kind, count)
    for kind in ("closed", "open", "gap", "turned", "eight")
    for count in (8, 13, 40)
}
RECIPES |= {
    "record": partial(_hepdata, [("m_{A'}", "MeV"), ("epsilon^2", "")], [[1, 2], [1e-10, 2e-10]]),
    "record, two columns": partial(
        _hepdata, [("mass", "GeV"), ("Observed epsilon", ""), ("Expected epsilon", "")],
        [[0.1, 0.2], [1e-5, 2e-5], [3e-5, 4e-5]],
    ),
    "record of short columns": partial(
        _hepdata, [("m_{A'}", "MeV"), ("epsilon", "")], [[1, 2], [1e-10]]
    ),
    "record with a gap": partial(
        _hepdata, [("m_{A'}", "MeV"), ("epsilon", "")], [[1, 2, 3], [1e-5, "-", 2e-5]]
    ),
    "Darkcast": lambda: _outcome(
        lambda: parse_lmt("#m,lower,upper\n0.1 1e-4 1e-3\n0.2 2e-4 8e-4\n", "a.lmt"), Choice()
    ),
}  # fmt: skip
