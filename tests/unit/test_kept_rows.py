"""Rows that belong to a number each are worked out once, and stay those of their number."""

import numpy as np

from emiss.ground.kept_rows import KeptRows


class Maker:
    """Squares and multiples; remembers what it was asked for."""

    def __init__(self):
        self.asked = []

    def __call__(self, numbers):
        self.asked.append(numbers.tolist())
        return numbers**2, np.outer(numbers, [1.0, 2.0, 3.0])


def test_only_new_numbers_are_worked_out():
    kept, make = KeptRows(2, 10), Maker()
    kept.get("a", np.array([1.0, 3.0]), make)
    squares, multiples = kept.get("a", np.array([3.0, 2.0, 1.0, 2.0]), make)
    assert make.asked == [[1.0, 3.0], [2.0]]
    np.testing.assert_array_equal(squares, [9.0, 4.0, 1.0, 4.0])
    np.testing.assert_array_equal(multiples[:, 2], [9.0, 6.0, 3.0, 6.0])


def test_keys_do_not_mix_and_the_oldest_goes():
    kept, make = KeptRows(2, 10), Maker()
    for key in ("a", "b", "c", "a"):
        kept.get(key, np.array([1.0]), make)
    assert make.asked == [[1.0]] * 4
    kept.get("c", np.array([1.0]), make)
    assert len(make.asked) == 4
    kept.clear()
    kept.get("c", np.array([1.0]), make)
    assert len(make.asked) == 5


def test_more_than_there_is_room_for():
    kept, make = KeptRows(2, 3), Maker()
    np.testing.assert_array_equal(kept.get("a", np.arange(1.0, 6.0), make)[0][-1], 25.0)
    kept.get("a", np.array([1.0, 2.0]), make)
    # Four do not fit: the three asked for now are kept.
    kept.get("a", np.array([2.0, 3.0, 4.0]), make)
    kept.get("a", np.array([2.0, 4.0]), make)
    assert make.asked[1:] == [[1.0, 2.0], [2.0, 3.0, 4.0]]
    assert kept.get("a", np.array([]), make)[1].shape == (0, 3)
