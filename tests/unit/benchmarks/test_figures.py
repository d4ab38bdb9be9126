import json

import pytest

from benchmarks.figures import Figure, Limit
from benchmarks.report import as_json, render_table

SLOWER = Figure(name="time", unit="s", measured=3, baseline=2, limit=Limit.AT_MOST_TIMES, bound=1.5)
SMALLER = Figure(
    name="memory", unit="MiB", measured=200, baseline=900, limit=Limit.AT_LEAST_TIMES_LESS, bound=5
)
ALONE = Figure(name="fleet", unit="s", measured=31, limit=Limit.AT_MOST, bound=30)


def test_a_limit_is_met_by_its_bound_and_missed_beyond() -> None:
    assert SLOWER.ratio == 1.5
    assert SLOWER.is_met
    assert SMALLER.ratio == 4.5
    assert not SMALLER.is_met
    assert ALONE.ratio is None
    assert not ALONE.is_met


def test_a_ratio_needs_a_baseline() -> None:
    figure = Figure(name="time", unit="s", measured=1, limit=Limit.AT_MOST_TIMES, bound=1.5)
    with pytest.raises(ValueError, match="time: AT_MOST_TIMES needs a baseline"):
        _ = figure.is_met


def test_the_table_says_what_was_expected_and_what_is_missed() -> None:
    assert render_table([SLOWER, SMALLER, ALONE]).splitlines() == [
        "figure  measured  baseline  ratio  limit                  met",
        "time    3.00 s    2.00 s    1.50   at most 1.5 times      yes",
        "memory  200 MiB   900 MiB   4.50   at least 5 times less  NO",
        "fleet   31.00 s   -         -      at most 30 s           NO",
    ]


def test_the_json_form_is_unrounded_and_names_the_machine() -> None:
    report = as_json([SMALLER], {"processors": 2})
    assert json.loads(json.dumps(report)) == {
        "machine": {"processors": 2},
        "figures": [
            {
                "name": "memory",
                "unit": "MiB",
                "measured": 200,
                "baseline": 900,
                "ratio": 4.5,
                "limit": "at least 5 times less",
                "met": False,
            }
        ],
    }
