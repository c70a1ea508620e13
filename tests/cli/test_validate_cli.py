"""`emiss validate --of`: parts of the reference numbers."""

import pytest
from command_line import run, run_json

from emiss.ground.errors import EmissError


def test_one_part():
    found = run_json("validate", "--of", "hadrons")
    assert found["passed"] is True
    names = [check["name"] for check in found["checks"]]
    assert any("limit on Br(eta-prime -> inv)" in name for name in names)
    assert not any("DMG4" in check["source"] for check in found["checks"])
    table = run("validate", "--of", "hadrons")
    assert "1e-10" in table  # and not 0.00%
    with pytest.raises(EmissError, match="Did you mean 'neighbours'"):
        run("validate", "--of", "neighbors")
