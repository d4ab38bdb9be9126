"""The file: what goes in, and what a node would refuse."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from baseline_overrides.errors import OverridesFileError
from baseline_overrides.overrides_file import check, compose


def test_the_order_of_keys_does_not_matter_but_that_of_rules_does() -> None:
    one = compose([{"OperatingSystem": "SUSE", "ApprovedPatches": ["a", "b"]}])

    assert one == compose([{"ApprovedPatches": ["a", "b"], "OperatingSystem": "SUSE"}])
    assert one != compose([{"OperatingSystem": "SUSE", "ApprovedPatches": ["b", "a"]}])


def test_each_baseline_has_a_line() -> None:
    body = compose([{"OperatingSystem": "SUSE", "Name": "a\nb"}, {"OperatingSystem": "UBUNTU"}])

    _, suse, ubuntu, _ = body.splitlines()
    assert b"SUSE" in suse
    assert b"UBUNTU" in ubuntu


def test_a_field_that_the_api_adds_later_is_kept() -> None:
    baseline = {"OperatingSystem": "WINDOWS", "NewRule": {"Since": [1]}}

    assert json.loads(compose([baseline])) == [baseline]


def test_a_date_is_written_in_utc_whatever_the_time_zone() -> None:
    tokyo = datetime(2026, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))

    body = compose([{"OperatingSystem": "SUSE", "Until": tokyo}])

    assert json.loads(body)[0]["Until"] == "2026-01-01T00:00:00+00:00"


def test_half_a_surrogate_pair_does_not_break_the_file() -> None:
    body = compose([{"OperatingSystem": "SUSE", "Name": "\ud83d"}])

    assert json.loads(body)[0]["Name"] == "\ud83d"


@pytest.mark.parametrize(
    ("body", "exit_code"),
    [
        (b"", 161),
        (b"\xff", 161),
        (b"{}", 161),
        (b'["UBUNTU"]', 161),
        (b"[]", 163),
        (b"[{}]", 163),
        (b'[{"OperatingSystem": 1}]', 163),
        (b'[{"OperatingSystem": "SUSE"}, {"OperatingSystem": "SUSE"}]', 165),
    ],
)
def test_rejects_what_nodes_would_fail_with(body: bytes, exit_code: int) -> None:
    with pytest.raises(OverridesFileError, match=f" with exit code {exit_code}[.] "):
        check(body)


def test_a_node_s_file_passes() -> None:
    check(compose([{"OperatingSystem": "SUSE"}, {"OperatingSystem": "UBUNTU"}]))
