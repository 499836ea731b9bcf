"""Two sets of figures are compared part by part; files from before figures had parts hold whole ones."""

from typing import Any

import pyarrow as pa

from wangdi.server.evaluation.comparing import differing, without_empty_parts


def figures(rows: str) -> Any:
    """Indicator, category, numerator and denominator per line; ``-`` stands for nothing."""
    cells = [line.split() for line in rows.strip().splitlines()]
    category = ["" if row[1] == "-" else row[1] for row in cells]
    return pa.table(
        {
            "indicator": pa.array([row[0] for row in cells]),
            "dimension": pa.array(["sex" if one else "" for one in category]),
            "category": pa.array(category),
            "numerator": pa.array([float(row[2]) for row in cells]),
            "denominator": pa.array(
                [None if row[3] == "-" else float(row[3]) for row in cells], pa.float64()
            ),
        }
    )


def test_a_part_is_compared_with_the_same_part() -> None:
    before = figures("seen - 3 4\nseen 1 1 2\nseen 2 2 2")
    now = figures("seen - 3 4\nseen 1 1 2\nseen 2 1 2")
    [row] = differing(before, now).to_pylist()
    assert (row["category"], row["numerator_before"], row["numerator_now"]) == ("2", 2, 1)


def test_figures_without_a_denominator_are_equal_when_their_numerators_are() -> None:
    assert len(differing(figures("beds - 2.5 -"), figures("beds - 2.5 -"))) == 0
    assert len(differing(figures("beds - 2.5 -"), figures("beds - 2.25 -"))) == 1


def test_figures_kept_before_there_were_parts_are_compared_as_whole_ones() -> None:
    before = figures("seen - 3 4").drop_columns(["dimension", "category"])
    assert len(differing(before, figures("seen - 3 4"))) == 0
    [row] = differing(before, figures("seen - 3 4\nseen 1 3 4")).to_pylist()
    assert (row["category"], row["numerator_before"]) == ("1", None)


def test_a_listing_has_columns_of_parts_only_where_a_figure_is_of_a_part() -> None:
    assert "category" not in without_empty_parts(figures("seen - 3 4")).column_names
    assert "category" in without_empty_parts(figures("seen - 3 4\nseen 1 3 4")).column_names
