"""HEPData's CSV gives each column of values a block of its own."""

import pytest
from closeness import close

from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.curves.table import Choice

FILE = """#: table_doi: 10.17182/hepdata.1
#: name: Table 1
#: description: Upper limits on epsilon, as a function of the mass
#: alpha_D,0.1
M [MeV],Limit on epsilon
1,1e-5
10,2e-5

#: alpha_D,0.5
M [MeV],Limit on epsilon
1,3e-5
10,4e-5
"""


def read(tmp_path, text=FILE, **choice):
    path = tmp_path / "t.csv"
    path.write_text(text)
    return read_curve(path, choice=Choice(**choice))


def test_blocks_with_the_same_masses_are_columns_of_one_table(tmp_path):
    with pytest.raises(EmissError, match=r"1: 'Limit on epsilon' \(alpha_D = 0.1\), 2: "):
        read(tmp_path)
    for column, values in (("1", [1e-5, 2e-5]), ("2", [3e-5, 4e-5])):
        curve = read(tmp_path, column=column)
        close(curve.masses, [1e-3, 1e-2], 1e-12)
        close(curve.values, values, 1e-12)
        assert curve.quantity == "epsilon"


def test_qualifiers_stay_with_their_block(tmp_path):
    for alpha, values in (("0.1", [1e-5, 2e-5]), ("0.5", [3e-5, 4e-5])):
        curve = read(tmp_path, qualifiers=(("alpha_D", alpha),))
        close(curve.values, values, 1e-12)
        assert curve.alpha_dark == float(alpha)


def test_errors_of_a_block_stay_beside_it(tmp_path):
    plain = "epsilon\n1,1e-5\n10,2e-5"
    with_errors = "epsilon,error +,error -\n1,1e-5,1,2\n10,2e-5,1"
    text = FILE.replace(plain, with_errors, 1)
    curve = read(tmp_path, text, qualifiers=(("alpha_D", "0.5"),))
    close(curve.values, [3e-5, 4e-5], 1e-12)
    close(read(tmp_path, text, column="4").values, [3e-5, 4e-5], 1e-12)


@pytest.mark.parametrize("change", [("10,4e-5", "11,4e-5"), ("10,4e-5\n", "")])
def test_blocks_that_differ_in_their_masses_are_two_tables(tmp_path, change):
    with pytest.raises(EmissError, match="pieces of their own"):
        read(tmp_path, FILE.replace(*change), column="1")
