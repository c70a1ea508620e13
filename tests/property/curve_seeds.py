"""Good curve files of every format, to be damaged."""

import json

import yaml

YAML = yaml.safe_dump(
    {
        "independent_variables": [
            {
                "header": {"name": "m_{A'}", "units": "MeV"},
                "values": [{"value": v} for v in (2, 10, 100)],
            }
        ],
        "dependent_variables": [
            {
                "header": {"name": "$\\epsilon^2$"},
                "qualifiers": [{"name": "alpha_D", "value": 0.1}],
                "values": [{"value": v} for v in (4e-9, 4e-8, 4e-6)],
            },
            {
                "header": {"name": "log10(epsilon)"},
                "values": [{"value": v, "errors": [{"symerror": 0.1}]} for v in (-4, -3, -2)],
            },
        ],
    }
)
SITE = json.dumps(
    {
        "doi": "10.17182/hepdata.1",
        "headers": [{"name": "M [MEV]"}, {"name": "limit on epsilon", "colspan": 1}],
        "values": [
            {"x": [{"value": "10"}], "y": [{"value": "1e-5", "group": 0}]},
            {"x": [{"low": "10", "high": "40"}], "y": [{"value": "2e-5", "group": 0}]},
        ],
    }
)
SAVED = json.dumps(
    {
        "format": "emiss-limit/1",
        "coupling_name": "epsilon",
        "model_parameters": {"alpha_dark": 0.1, "mass_ratio": 3.0},
        "masses_gev": [0.01, 0.02, 0.1],
        "observed": [1e-5, 2e-5, 1e-4],
        "observed_upper": [1e-3, None, 1e-2],
        "expected": {"-1": [1e-5, 1e-5, 1e-5], "0": [2e-5, 2e-5, 2e-5]},
        "dark_matter_masses_gev": [m / 3.0 for m in (0.01, 0.02, 0.1)],
        "y": [e**2 * 0.1 / 81.0 for e in (1e-5, 2e-5, 1e-4)],
    }
)
SEEDS = {
    ".csv": "# reference: x\nmass_mev,epsilon\n1,1e-5\n10,1e-4\n100,1e-3\n",
    ".tsv": "m_A' [GeV]\teps^2\talpha_D\n0.01\t1e-10\t0.1\n0.1\t1e-8\t0.1\n",
    ".txt": "# mass [eV] kinetic mixing\n1e6 1e-5\n2e6 2e-5\n4e6 3e-5\n1e6 1e-5\n",
    ".lmt": "# mass lower upper\n0.01 1e-7 1e-5\n0.02 2e-7 5e-6 # c\n0.03 3e-7 inf\n",
    ".yaml": YAML,
    ".json": SITE,
    "limit.json": SAVED,
}
