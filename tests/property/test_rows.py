"""A row asked alone is the row asked among others: other masses decide nothing of it."""

import numpy as np
import pytest
from closeness import close

from emiss import experiments, models
from emiss.ground.constants import ELECTRON_MASS
from emiss.ground.errors import EmissError
from emiss.yields import signal_yield

MODELS = [
    ("dark-photon", {}),
    ("dark-photon", {"dark_matter": "none"}),
    ("b-l", {}),
    ("lmu-ltau", {}),
    ("scalar", {}),
    ("alp", {}),
    ("inelastic-dark-matter", {}),
    ("leptophilic", {"kind": "pseudoscalar"}),
    ("omega-dark-photon", {}),
    ("invisible-meson", {}),
]
COUPLINGS = (1e-6, 1e-4, 1e-2)


def asked(experiment):
    """Light and heavy masses, both sides of the beam's edge, and where the boson is not made."""
    edge = np.sqrt(2.0 * ELECTRON_MASS * experiment.runs[0].setup.beam_energy)
    near = edge * np.array([0.9, 0.999, 1.003, 1.2])
    return np.unique(np.concatenate([[1e-3, 2.2e-3, 0.0167, 0.1, 0.45, 1.5], near]))


@pytest.mark.parametrize(("model", "settings"), MODELS, ids=lambda x: str(x))
@pytest.mark.parametrize("name", experiments.names())
def test_a_row_alone_is_the_row_among_others(name, model, settings):
    experiment = experiments.get(name)
    chosen = models.get(model, settings)
    masses = asked(experiment)
    try:
        together = signal_yield(experiment, chosen, masses)
    except EmissError:  # of a model that no process makes here, alone as among others
        for mass in masses:
            with pytest.raises(EmissError):
                signal_yield(experiment, chosen, [mass])
        return
    couplings = np.array(COUPLINGS)[:, None]
    many = np.sum(list(together.per_process(couplings).values()), axis=0)
    # One light, one heavy, and one at the edge of what the beam can make; the rest in turn.
    turn = (experiments.names().index(name) + len(model)) % masses.size
    for place in {1, turn, masses.size // 2 + 1}:
        try:
            alone = signal_yield(experiment, chosen, masses[[place]])
        except EmissError:  # no process makes it at this mass
            assert np.all(many[..., place] == 0.0)
            continue
        one = np.sum(list(alone.per_process(couplings).values()), axis=0)[..., 0]
        close(one, many[..., place], 1e-6, absolute=1e-60, because="less than nothing is made")
