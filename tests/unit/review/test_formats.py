"""The formats: the schema of JSON, the length of Markdown, the width and the colours of text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from modules.cli import main
from modules.review.render import json_format, markdown, text
from modules.review.render.markdown_text import cell, escaped, name
from modules.review.report import Finding, Permission, Report, Severity
from tests.unit.review.labelled import cases, plan_bytes, report_of
from tests.unit.review.plans_by_hand import SCAN, document, resource
from tests.unit.review.plans_by_hand import report_of as report_of_hand

SCHEMA = Path(json_format.__file__).parents[1] / "report.schema.json"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
HOSTILE = "<script>alert(1)</script> | `code` @everyone \x1b[2J \n# heading **bold** [link](https://e.example)"


@cache
def validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def huge() -> Report:
    report = report_of("a-tag-becomes-all-nodes")
    many = [
        Finding(
            rule="runs-on-apply",
            severity=list(Severity)[number % 4],
            subject=f"module.policy[{number}].aws_ssm_association.scan",
            message=f"Finding number {number} of many. {'x' * (number % 700)}",
            detail=(f"It says {number}.",) * 14,
        )
        for number in range(1000)
    ]
    return replace(report, findings=tuple(many))


@pytest.mark.parametrize("name", sorted(cases())[::6])  # each takes a while to validate
def test_every_report_in_json_is_as_its_schema_says(name: str) -> None:
    validator().validate(json.loads(json_format.render(report_of(name))))


def test_markdown_never_exceeds_what_github_takes() -> None:
    printed = markdown.render(huge())
    assert 40_000 < len(printed) <= 65_536
    assert "more rows do not fit here" in printed


@pytest.mark.parametrize("longest", [2_000, 5_000, 20_000])
def test_markdown_is_cut_between_rows(longest: int) -> None:
    """Every row that is there is there as a whole, and every part that opens is closed."""
    whole = set(markdown.render(huge(), longest=10_000_000).splitlines())
    printed = markdown.render(huge(), longest=longest)
    assert len(printed) <= longest
    assert printed.count("<details") == printed.count("</details>")
    lines = [line for line in printed.splitlines() if "not fit here" not in line]
    assert set(lines) <= whole


def test_a_row_that_is_too_long_ends_at_a_line_of_its_own() -> None:
    listed = Permission(
        address="a.b",
        kind="role policy of r",
        effect="Allow",
        change="added",
        sid="S",
        widens=True,
        lines=tuple(f"+ action service:Action{number}" for number in range(500)),
    )
    report = replace(report_of("every-action"), permissions=(listed,))
    (row,) = (line for line in markdown.render(report).splitlines() if "Action0" in line)
    assert len(row) < 2_000
    assert row.count("`") % 2 == 0
    assert row.endswith("…")


def test_markdown_begins_with_the_marker_and_the_summary() -> None:
    lines = markdown.render(report_of("scan-becomes-install-at-once-with-reboots")).splitlines()
    assert lines[0] == markdown.MARKER
    assert lines[1] == "## 🔴 Patch policy review: 3 critical"


def test_hostile_text_is_only_text() -> None:
    hostile = {
        **SCAN,
        "association_name": HOSTILE,
        "targets": [{"key": HOSTILE, "values": [HOSTILE]}],
    }
    report = report_of_hand(resource(None, hostile, actions=("create",)))
    in_text = text.render(report, text.Screen(width=100, colour=False))
    assert "\x1b" not in in_text
    in_markdown = markdown.render(report)
    outside_code = re.sub(r"(?<!\\)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)", "", in_markdown)
    assert "<script>" not in outside_code
    assert "@everyone" not in outside_code
    assert "\n# heading" not in in_markdown
    rows = [line for line in in_markdown.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4, 5}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a & b", "a \\& b"),
        ("#12", "\\#&#8203;12"),
        ("@octocat", "@&#8203;octocat"),
        ("https://e.example", "https:&#8203;//e.example"),
        ("www.e.example", "www&#8203;.e.example"),
        ("GH-12", "GH&#8203;-12"),
        ("a|b", "a\\|b"),
    ],
)
def test_what_github_would_link_or_decode_stays_text(value: str, written: str) -> None:
    assert escaped(value) == written


def test_code_holds_backticks_and_pipes_as_they_are() -> None:
    assert name("a`b|c") == "`` a`b|c ``"
    assert cell(name("a`b|c")) == "`` a`b\\|c ``"


@pytest.mark.parametrize("width", [40, 80, 160])
def test_text_fits_the_screen(width: int) -> None:
    """Only a word that is longer than a line goes beyond it, so that names can be copied."""
    printed = text.render(
        report_of("a-tag-becomes-all-nodes"), text.Screen(width=width, colour=False)
    )
    too_long = [line for line in printed.splitlines() if len(line) > max(width, 45)]
    assert [line for line in too_long if len(line.split()) > 2] == []


def test_markdown_stays_short_whatever_names_there_are() -> None:
    many = "\U0001f600" * 70_000
    long = {**SCAN, "association_name": f"AWS-QuickSetup-PatchPolicy-Scan-{many}"}
    report = report_of_hand(resource(None, long, actions=("create",)))
    printed = markdown.render(report)
    assert len(printed.encode("utf-16-le")) // 2 <= 65_536
    assert "too long to be shown here" in printed


@pytest.mark.parametrize(
    ("variables", "is_coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_a_terminal_gets_colours_and_its_width(
    variables: dict[str, str],
    is_coloured: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(plan_bytes("a-tag-becomes-all-nodes"))
    for variable in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in {"COLUMNS": "60", **variables}.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main(["review", str(file)]) == 0
    printed = capsys.readouterr().out
    assert bool(ANSI.search(printed)) is is_coloured
    too_long = [line for line in ANSI.sub("", printed).splitlines() if len(line) > 60]
    assert [line for line in too_long if len(line.split()) > 2] == []


def test_text_has_colours_only_where_they_are_wanted() -> None:
    report = report_of("a-tag-becomes-all-nodes")
    coloured = text.render(report, text.Screen(width=100, colour=True))
    plain = text.render(report, text.Screen(width=100, colour=False))
    assert ANSI.search(coloured)
    assert ANSI.sub("", coloured) == plain


def test_reports_are_the_same_each_time() -> None:
    report = report_of("everything-is-destroyed")
    assert json_format.render(report) == json_format.render(report)


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_a_name_of_any_characters_is_written_to_a_file(tmp_path: Path, form: str) -> None:
    plan = tmp_path / "plan.json"
    odd = {**SCAN, "association_name": "a 'name', é, \x1b, \U0001f534"}
    plan.write_bytes(json.dumps(document(resource(None, odd, actions=("create",)))).encode())
    printed = tmp_path / "printed"
    assert main(["review", str(plan), "--format", form, "--output", str(printed)]) == 0
    if form == "json":
        report = json.loads(printed.read_bytes().decode("ascii"))
        assert report["associations"][0]["name"] == odd["association_name"]
