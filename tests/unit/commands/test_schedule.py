"""`patch-policy schedule`."""

from __future__ import annotations

from pathlib import Path

import pytest

from modules.cli import main

HEAD = "name: web\nconfiguration_id: a1b2c\nhome_region: eu-west-1\ntargets: {all: true}\n"
FULL = HEAD + "operation: ScanAndInstall\nscan:\n  schedule: rate(12 hours)\n"
START = ["--from", "2026-01-31T12:00:00+09:00", "--timezone", "Asia/Tokyo"]

Output = pytest.CaptureFixture[str]


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """A policy file with all eight associations."""
    file = tmp_path / "policy.yaml"
    file.write_text(FULL, encoding="utf-8")
    return file


def test_runs_of_every_association_in_both_time_zones(policy: Path, capsys: Output) -> None:
    assert main(["schedule", str(policy), "--runs", "2", *START]) == 0
    lines = capsys.readouterr().out.splitlines()
    prefix = "AWS-QuickSetup-PatchPolicy-"
    table = [line.replace(prefix, "").split("  ") for line in lines]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in table]
    now = ["Sat 2026-01-31 03:00", "Sat 2026-01-31 12:00"]
    later = ["Mon 2026-03-02 03:00", "Mon 2026-03-02 12:00"]
    sunday = ["Sun 2026-02-01 02:00", "Sun 2026-02-01 11:00"]
    once = "runs at once"
    assert cells == [
        ["Association", "Schedule", "When created or changed", "Next runs in UTC", "Asia/Tokyo"],
        ["AttachIAMToEc2Instance-a1b2c", "rate(30 days)", once, *now],
        later,
        ["AttachIAMToHybridInstance-a1b2c", "rate(30 days)", once, *now],
        later,
        ["AddRemoveNameTag-a1b2c", "rate(30 days)", once, *now],
        later,
        ["NameTagRemediation-a1b2c", "rate(1 day)", once, *now],
        ["Sun 2026-02-01 03:00", "Sun 2026-02-01 12:00"],
        ["EnableExplorer-a1b2c", "once", once],
        ["ScanForPatches-LA-a1b2c", "rate(12 hours)", once, *now],
        ["Sat 2026-01-31 15:00", "Sun 2026-02-01 00:00"],
        ["InstallPatches-LA-a1b2c", "cron(0 2 ? * SUN *)", "waits", *sunday],
        ["Sun 2026-02-08 02:00", "Sun 2026-02-08 11:00"],
        ["BaselineRemediation-a1b2c", "cron(0 0/1 * * ? *)", "waits", *now],
        ["Sat 2026-01-31 04:00", "Sat 2026-01-31 13:00"],
        [],
        ["State Manager counts rate() from the last run: shown from the start given."],
    ]


def test_associations_that_a_policy_lacks_are_not_listed(tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(
        f'{HEAD}explorer: false\nbaseline_store: {{account: "111122223333"}}\n', encoding="utf-8"
    )
    assert main(["schedule", str(file), *START]) == 0
    text = capsys.readouterr().out
    assert "ScanForPatches" in text
    for purpose in ("EnableExplorer", "BaselineRemediation", "InstallPatches"):
        assert purpose not in text


def test_columns_are_aligned(policy: Path, capsys: Output) -> None:
    main(["schedule", str(policy), *START])
    heading, *rows = capsys.readouterr().out.splitlines()[:-2]
    column = heading.index("Asia/Tokyo")
    assert all(row[column - 2 : column] == "  " for row in rows if len(row) > column)
    assert any(len(row) > column for row in rows)


def test_a_time_without_offset_is_utc(policy: Path, capsys: Output) -> None:
    main(["schedule", str(policy), "--from", "2026-01-31", "--timezone", "UTC", "--runs", "1"])
    assert "Sat 2026-01-31 00:00  Sat 2026-01-31 00:00" in capsys.readouterr().out


def test_a_terminal_gets_a_table(
    policy: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["schedule", str(policy), *START]) == 0
    assert "│ AWS-QuickSetup-PatchPolicy-ScanForPatches-LA-a1b2c" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--runs", "0"], "found '0'; expected a number from 1 to 1000"),
        (["--runs", "99999999999999999999"], "expected a number from 1 to 1000"),
        (["--runs", "10000"], "expected a number from 1 to 1000"),
        (["--runs", "٣"], "expected a number from 1 to 1000"),
        (["--runs", "x"], "found 'x'; expected a number from 1 to 1000"),
        (["--timezone", "Mars/Base"], "found 'Mars/Base'; expected a time zone such as"),
        (["--timezone", "../etc"], "found '../etc'; expected a time zone such as"),
        (["--from", "tomorrow"], "found 'tomorrow'; expected a time such as"),
        (["--from", "9999-12-31"], "found the year 9999; expected one from 1971 to 2198"),
    ],
)
def test_rejects_arguments_with_words(
    policy: Path, arguments: list[str], message: str, capsys: Output
) -> None:
    assert main(["schedule", str(policy), *arguments]) == 2
    assert message in capsys.readouterr().err


def test_rejects_a_bad_policy_with_its_problems(tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(f"{HEAD}refresh: daily\n", encoding="utf-8")
    assert main(["schedule", str(file)]) == 2
    assert capsys.readouterr().err.startswith(f'{file}: $.refresh: found "daily"; expected cron')


def test_a_folder_stands_for_its_policies(tmp_path: Path, capsys: Output) -> None:
    for each in ("a1b2c", "z9y8x"):
        text = HEAD.replace("a1b2c", each)
        (tmp_path / f"{each}.yaml").write_text(text, encoding="utf-8")
    assert main(["schedule", str(tmp_path), *START]) == 0
    shown = capsys.readouterr().out
    assert "ScanForPatches-LA-a1b2c" in shown
    assert "ScanForPatches-LA-z9y8x" in shown
