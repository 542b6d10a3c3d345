import polars as pl

from indicators.release_content import hidden_rules


def test_a_single_hidden_rule_takes_the_next_smallest_with_it_because_the_file_tells_the_sum() -> None:
    rows = {"a": 3, "b": 40, "c": 9}
    found = pl.DataFrame({"sector": "lab", "file_type": "lab_dm", "rule": list(rows), "rows": list(rows.values())})
    assert hidden_rules(found, 5).to_list() == [True, False, True]


def test_nothing_more_is_hidden_where_nothing_is_small() -> None:
    found = pl.DataFrame({"sector": "lab", "file_type": "lab_dm", "rule": ["a", "b"], "rows": [30, 40]})
    assert hidden_rules(found, 5).to_list() == [False, False]
