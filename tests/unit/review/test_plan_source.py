"""What can be reviewed, and how everything else is refused: one line, status 2, no traceback."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.cli import main
from modules.review.errors import ReviewError
from modules.review.plan import build_plan
from modules.review.plan_source import plan_document
from tests.unit.review.plans_by_hand import SCAN, as_bytes, document, report_of, resource

Output = pytest.CaptureFixture[str]
CREATED = resource(None, SCAN, actions=("create",))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("version", ["1.0", "1.2", "1.99"])
def test_every_minor_version_of_format_1_is_read(version: str) -> None:
    assert plan_document(json.dumps({"format_version": version}).encode())


@pytest.mark.parametrize("version", ["2.0", "0.2", "10.1", "1", 1.2, None, ""])
def test_rejects_another_major_version(version: Any) -> None:
    with pytest.raises(ReviewError, match=r"expected 1\.x"):
        plan_document(json.dumps({"format_version": version}).encode())


def test_hcp_terraforms_wrapper_is_taken_off() -> None:
    wrapped = json.dumps({"plan": document(CREATED), "run": {"id": "run-1"}}).encode()
    assert plan_document(wrapped) == document(CREATED)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_plan_of_any_shell_is_read(encoding: str) -> None:
    """PowerShell writes what is redirected in UTF-16."""
    assert plan_document(json.dumps(document(CREATED)).encode(encoding)) == document(CREATED)


def test_what_no_rule_reads_is_not_decoded() -> None:
    """The state is the larger part of most plans. A number of that size could not be decoded."""
    state = b'{"format_version": "1.2", "prior_state": {"values": 1e400}}'
    assert plan_document(state) == {"format_version": "1.2"}


def test_numbers_keep_all_their_digits() -> None:
    content = (
        b'{"format_version": "1.2", "variables": {"n": {"value": 123456789012345678901234567}}}'
    )
    assert plan_document(content)["variables"]["n"]["value"] == 123456789012345678901234567


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "found nothing"),
        (b"not JSON", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[1]", "without format_version"),
        (b"{}", "without format_version"),
        (b'{"a":' * 100_000, "nested too deep"),
        (b'{"format_version": "1.2", "checks": nope}', "not JSON"),
        (b'{"format_version": "1.2", "variables": NaN}', "not JSON"),
        (b'{"format_version": "1.2"} {}', "not JSON"),
        (b'{"format_version": "1.2", "variables": {"v": "\xff"}}', "not JSON"),
        (b'{"format_version": "1.2", "variables": {"half a pair": "\\ud800"}}', "not JSON"),
        (b'{"format_version": "1.0", "values": {}}', "a state, not a plan"),
    ],
)
def test_rejects_what_is_no_plan(content: bytes, said: str) -> None:
    with pytest.raises(ReviewError, match=said):
        plan_document(content)


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(as_bytes(CREATED))))
    assert main(["review", "-"]) == 0
    assert "ScanForPatches" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"{}", b'{"format_version":"3.0"}'])
def test_bad_input_is_one_line_and_status_2(content: bytes, tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(content)
    assert main(["review", str(file)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert printed.err.startswith(f"{file}: ")


def test_a_missing_file_is_named(tmp_path: Path, capsys: Output) -> None:
    assert main(["review", str(tmp_path / "no-such-file")]) == 2
    assert "no-such-file: cannot be read: No such file" in capsys.readouterr().err


def test_a_plan_file_that_terraform_cannot_read_is_named(tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "plan"
    file.write_bytes(b"PK\x03\x04 not a plan")
    terraform = tmp_path / "terraform"
    terraform.write_text("#!/bin/sh\necho 'no such plan' >&2\nexit 1\n", encoding="utf-8")
    terraform.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERRAFORM_BINARY_NAME", str(terraform))
        assert main(["review", str(file)]) == 2
    assert "Terraform said: no such plan" in capsys.readouterr().err


def test_a_plan_file_is_shown_by_terraform(tmp_path: Path, capsys: Output) -> None:
    file, shown = tmp_path / "plan", tmp_path / "shown.json"
    file.write_bytes(b"PK\x03\x04 a plan")
    shown.write_bytes(as_bytes(CREATED))
    terraform = tmp_path / "terraform"
    terraform.write_text(f"#!/bin/sh\n[ $1 = show ] && cat {shown}\n", encoding="utf-8")
    terraform.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERRAFORM_BINARY_NAME", str(terraform))
        assert main(["review", str(file)]) == 0
    assert "ScanForPatches" in capsys.readouterr().out


@settings(max_examples=60, deadline=None)
@given(JSON_VALUES)
def test_rejects_or_reviews_any_json(value: Any) -> None:
    """Whatever stands in the plan, there is a report or a ReviewError."""
    for plan in (value, {"format_version": "1.2", "resource_changes": value}):
        try:
            build_plan(plan_document(json.dumps(plan).encode()))
        except ReviewError:
            continue


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(SCAN)), JSON_VALUES, JSON_VALUES)
def test_any_value_of_an_association_is_reviewed(name: str, old: Any, new: Any) -> None:
    """An attribute of another type than the provider's makes no traceback."""
    report_of(resource({**SCAN, name: old}, {**SCAN, name: new}))
    report_of(resource(None, {**SCAN, name: new}, actions=("create",)))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [
            ("aws_iam_role", "assume_role_policy"),
            ("aws_iam_role", "tags_all"),
            ("aws_iam_role", "inline_policy"),
            ("aws_iam_role_policy_attachment", "policy_arn"),
            ("aws_s3_bucket_policy", "policy"),
            ("aws_s3_bucket", "bucket"),
            ("aws_s3_bucket_versioning", "versioning_configuration"),
            ("aws_ssm_document", "content"),
            ("aws_ssm_document", "name"),
            ("aws_lambda_invocation", "input"),
            ("aws_lambda_permission", "principal"),
        ]
    ),
    JSON_VALUES,
    JSON_VALUES,
    st.sampled_from([("create",), ("delete",), ("update",), ("delete", "create"), ("strange",)]),
)
def test_any_value_of_another_resource_is_reviewed(
    place: tuple[str, str], old: Any, new: Any, actions: tuple[str, ...]
) -> None:
    type_, name = place
    texts = (json.dumps(old), json.dumps(new))
    for before, after in ((old, new), texts):
        report_of(resource({name: before}, {name: after}, type_=type_, actions=actions))
