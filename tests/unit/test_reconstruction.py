"""Variables of events from their records."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import close
from event_tables import layout, made_up

from emiss.analysis.reconstruction import columns_needed, reconstruct
from emiss.analysis.reconstruction.templates import Template
from emiss.events.record import EventTable
from emiss.experiments import get, names
from emiss.ground.errors import EmissError


def test_every_variable_of_the_layout_is_there():
    found = reconstruct(made_up(30, 1), layout())
    assert set(found) == set(layout().variables)
    assert all(len(values) == 30 for values in found.values())


@pytest.mark.parametrize("name", names())
def test_every_catalogue_layout_can_be_reconstructed(name):
    # which columns it takes is known without an event
    for run in get(name).runs:
        assert "event" in columns_needed(run.layout)


def test_calorimeter_variables_are_sums_over_cells():
    table = made_up(1, 2)
    cells = np.zeros((6, 5), dtype="float32")
    cells[3, 2], cells[3, 3], cells[2, 2], cells[0, 0] = 60.0, 10.0, 5.0, 2.0
    table["ecal_cells"][:] = cells.ravel()
    found = reconstruct(table, layout())
    close(found["ecal_energy"], [77.0], 1e-6)
    assert (found["ecal_max_cell_x"][0], found["ecal_max_cell_y"][0]) == (2.0, 3.0)
    close(found["ecal_central_energy"], [60.0], 1e-6)
    close(found["ecal_lateral_ratio"], [2.0 / 77.0], 1e-6)
    close(found["ecal_periphery_energy"], [2.0], 1e-6)


def test_sums_over_roles_and_modules():
    table = made_up(40, 3)
    found = reconstruct(table, layout())
    modules = sum(table[f"hcal{i}_cells"].astype(float).sum(axis=1) for i in range(3))
    close(found["hadronic_energy"], modules, 1e-9)
    srd = table["srd_modules"].astype(float)
    close(found["srd_energy"], srd.sum(axis=1), 1e-9)
    close(found["srd_min_module_energy"], srd.min(axis=1), 1e-9)
    close(found["srd_max_module_energy"], srd.max(axis=1), 1e-9)
    close(found["veto_max_panel_energy"], table["veto_panels"].astype(float).max(axis=1), 1e-9)


def test_no_signal_is_no_value():
    table = made_up(1, 4)
    table["ecal_cells"][:] = 0.0
    found = reconstruct(table, layout())
    for name in ("max_cell_x", "lateral_ratio", "shower_chi2"):
        assert np.isnan(found[f"ecal_{name}"][0])


def test_shower_shape_of_the_template_itself_is_near_one():
    # cells drawn around the template's means with its spreads: mean chi^2 per cell 1, 4 sigma
    random = np.random.default_rng(5)
    mean = np.array([[0.1, 0.8, 0.1], [0.05, 0.9, 0.05]])
    spread = np.full((2, 3), 0.01)
    template = Template(np.array([10.0, 100.0]), mean, spread)
    energy = np.full(4000, 100.0)
    cells = 100.0 * (mean[1] + 0.01 * random.standard_normal((4000, 3)))
    chi2 = template.chi2(cells, energy)
    close(chi2.mean(), 1.0, 4 * np.sqrt(2 / 12_000))
    halfway = template.chi2(31.6228 * 0.5 * (mean[:1] + mean[1:]), np.array([31.6228]))
    assert halfway[0] < 1e-6
    assert np.isnan(template.chi2(np.zeros((1, 3)), np.zeros(1))[0])


def test_a_missing_column_is_named():
    table = made_up(3, 6)
    fewer = EventTable(
        {name: c for name, c in table.columns.items() if name != "srd_modules"}, table.provenance
    )
    with pytest.raises(EmissError, match="srd_modules"):
        reconstruct(fewer, layout())
