"""Values kept by key."""

from emiss.ground.recent import Recent


def test_a_value_is_made_once_and_the_oldest_goes_first():
    made = []
    kept = Recent(2)

    def ask(key):
        return kept.get(key, lambda: made.append(key) or [key])

    assert ask("a") is ask("a")
    ask("b")
    ask("a")
    ask("c")  # drops b, which was not asked for longest
    assert made == ["a", "b", "c"]
    ask("a")
    ask("b")
    assert made == ["a", "b", "c", "b"]
    kept.clear()
    ask("a")
    assert made[-1] == "a"


def test_keys_that_cannot_be_hashed_are_made_each_time():
    kept = Recent(2)
    assert kept.get(["list"], lambda: [1]) is not kept.get(["list"], lambda: [1])


def test_values_leave_where_there_is_no_room_but_the_last_stays():
    made = []
    kept = Recent(9, room=10)

    def ask(key, size):
        return kept.get(key, lambda: made.append(key) or [key], size)

    ask("a", 6)
    ask("b", 4)
    ask("a", 6)
    ask("c", 1)  # drops b
    ask("a", 6)
    assert made == ["a", "b", "c"]
    ask("big", 99)  # drops all others
    ask("big", 99)
    ask("a", 6)
    assert made == ["a", "b", "c", "big", "a"]
