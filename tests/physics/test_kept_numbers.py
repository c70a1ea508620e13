"""Numbers of showers that every process asks for: worked out once, kept, made anew when due."""

from dataclasses import replace

import numpy as np
import pytest

from emiss import experiments
from emiss.events import kept_numbers, sampling, scale
from emiss.ground import table_files

LAYOUT = experiments.get("na64e-2016").runs[0].layout
ECAL, SRD = LAYOUT.element("ecal"), LAYOUT.element("srd")


def afresh():
    """What another process finds, which has nothing in memory."""
    scale._factor.cache_clear()
    sampling.sampling_of.cache_clear()
    return scale.scale_of(LAYOUT, ECAL).factor, sampling.sampling_of(ECAL)


@pytest.fixture(name="counted")
def _counted(monkeypatch, tmp_path):
    """Simulations that were made, with an empty cache; nothing of it is left behind in memory."""
    monkeypatch.setattr(table_files, "cache_directory", lambda: tmp_path)
    made = []
    for module in (scale, sampling):
        plain = module.simulate

        def simulate(*args, _plain=plain, **options):
            made.append(args)
            return _plain(*args, **options)

        monkeypatch.setattr(module, "simulate", simulate)
    yield made
    scale._factor.cache_clear()
    sampling.sampling_of.cache_clear()


def test_another_process_finds_the_same_to_the_last_bit(counted, tmp_path):
    first = afresh()
    assert len(counted) == 2
    assert len(list(tmp_path.iterdir())) == 2
    assert afresh() == first
    assert len(counted) == 2


def test_other_inputs_are_not_mixed_up(counted):
    afresh()
    short = replace(ECAL, repeat=30)
    other = replace(LAYOUT, elements=tuple(short if e is ECAL else e for e in LAYOUT.elements))
    assert scale.scale_of(other, short).factor != scale.scale_of(LAYOUT, ECAL).factor
    assert len(counted) == 3
    slower = replace(LAYOUT.beam, momentum=replace(LAYOUT.beam.momentum, value=50.0))
    half = scale.scale_of(replace(LAYOUT, beam=slower), ECAL).factor
    assert len(counted) == 4
    assert half != scale.scale_of(LAYOUT, ECAL).factor


def test_other_fits_or_other_code_make_them_anew(counted, monkeypatch):
    afresh()
    found = scale.fits_of(ECAL)
    visible = found.visible.copy()
    visible[..., -1] *= 1.0 + 1e-12
    monkeypatch.setattr(scale, "fits_of", lambda element: found._replace(visible=visible))
    afresh()
    assert len(counted) == 3
    monkeypatch.setattr(kept_numbers, "_code", lambda: "another")
    afresh()
    assert len(counted) == 5


def test_the_code_is_that_of_what_is_simulated(monkeypatch, tmp_path):
    names = [f"{room}/a.py" for room in kept_numbers._ROOMS] + list(kept_numbers._MODULES)
    for name in names:
        assert name.endswith("/a.py") or (kept_numbers._PACKAGE / name).is_file()
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    monkeypatch.setattr(kept_numbers, "_PACKAGE", tmp_path)
    seen = {kept_numbers._code.__wrapped__()}
    for name in names:
        (tmp_path / name).write_text("2")
        seen.add(kept_numbers._code.__wrapped__())
    assert len(seen) == len(names) + 1


def test_what_is_damaged_is_made_again(counted, tmp_path):
    first = afresh()
    for file in tmp_path.iterdir():
        file.write_bytes(file.read_bytes()[:-30])
    assert afresh() == first
    assert len(counted) == 4


def test_detectors_of_soft_photons_are_kept_too(counted):
    scale._factor.cache_clear()
    first = scale.scale_of(LAYOUT, SRD)
    scale._factor.cache_clear()
    assert scale.scale_of(LAYOUT, SRD) == first
    assert len(counted) == 1
    assert np.isfinite(first.factor)
