"""Policy files as frozen policies, or every problem of every file at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from modules.policy.app_checks import check_together
from modules.policy.build import build_policy
from modules.policy.cross_checks import cross_check
from modules.policy.draft import Draft, read_draft
from modules.policy.model import PatchPolicy
from modules.policy.problems import PolicyError, Problem


def load_policy(path: Path) -> PatchPolicy:
    """The policy of one file; the path `-` is standard input.

    Raises `PolicyError` with all that is wrong with it.
    """
    return load_policies([path])[0]


def load_policies(paths: Iterable[Path]) -> tuple[PatchPolicy, ...]:
    """The policies of one app, in the order of their files.

    Raises `PolicyError` with all that is wrong with each file and between them.
    """
    return policies_of([read_draft(path) for path in paths])


def policies_of(drafts: Sequence[Draft]) -> tuple[PatchPolicy, ...]:
    """The policies of drafts that belong together. Raises `PolicyError`, as `load_policies`."""
    problems = [problem for draft in drafts for problem in _problems(draft)]
    problems += check_together(drafts)
    if problems:
        raise PolicyError(problems)
    return tuple(build_policy(draft.data) for draft in drafts)


def _problems(draft: Draft) -> list[Problem]:
    findings = [*draft.findings, *cross_check(draft.data, draft.unsound)]
    return [finding.in_file(draft.file) for finding in findings]
