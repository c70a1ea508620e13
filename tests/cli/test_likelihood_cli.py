"""`emiss export` and `emiss likelihood`: what is written comes back as the same limit."""

import pytest
from closeness import close
from command_line import run, run_json

from emiss.ground.errors import EmissError


def test_commands_write_and_read_back(tmp_path):
    file = tmp_path / "likelihood.csv"
    grid = "--masses=10MeV,100MeV"
    assert "2 masses" in run("export", "likelihood", "na64e-2016", grid, "-o", file)
    found = run_json("likelihood", file)
    limit = run_json("limit", "na64e-2016", grid)
    close(found["observed"], limit["observed"], 1e-6)
    written = run_json("export", "pyhf", "na64e-2016", grid, "-o", tmp_path / "w")
    close(written["coupling_at_mu_1"], limit["observed"], 1e-6)
    assert len(written["files"]) == 2
    assert len(run_json("export", "hs3", "na64e-2016", grid, "-o", tmp_path / "h")["files"]) == 2
    into = tmp_path / "l"
    run("export", "likelihood", "na64e-2016", grid, "-o", into)  # a directory, as the others take
    assert run_json("likelihood", into / "likelihood.json")["observed"] == found["observed"]
    with pytest.raises(EmissError, match="a file for each mass; give a directory"):
        run("export", "pyhf", "na64e-2016", grid, "-o", tmp_path / "w.json")
    with pytest.raises(EmissError, match="a file for each mass; give a directory"):
        run("export", "hs3", "na64e-2016", grid, "-o", tmp_path / "h.json")
    with pytest.raises(EmissError, match="unknown method"):
        run("likelihood", file, "--method=guess")
    with pytest.raises(EmissError, match="cannot read"):
        run("likelihood", tmp_path / "none.json")
