"""Documents that are right, and are accepted: ours, and forms that others write."""

from __future__ import annotations

from pathlib import Path

import pytest

from modules.document_checks.report import check_paths

ROOT = Path(__file__).resolve().parents[3]
GOOD = sorted((Path(__file__).parent / "good").iterdir())


@pytest.mark.parametrize("file", GOOD, ids=lambda file: file.name)
def test_a_good_document_is_accepted(file: Path) -> None:
    report = check_paths([file])
    assert report.problems == []
    assert [document.file for document in report.documents] == [str(file)]


def test_our_own_documents_are_accepted() -> None:
    report = check_paths([ROOT / "ssm_documents"])
    assert report.problems == []
    assert len(report.documents) == 5
    assert all(document.is_checked for document in report.documents)


def test_a_change_template_is_named_as_not_checked() -> None:
    (document,) = check_paths([GOOD[1]]).documents
    assert not document.is_checked
