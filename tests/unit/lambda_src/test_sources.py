"""The sources: they run on Lambda alone, on Python 3.11 to 3.13, with what their role allows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import baseline_overrides
import pytest

FOLDER = Path(baseline_overrides.__file__).parent
SOURCES = sorted(FOLDER.rglob("*.py"))
ON_LAMBDA = {"boto3", "botocore"}
FOR_TYPES_ONLY = {"mypy_boto3_s3", "mypy_boto3_ssm"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_each_file_is_python_3_11(source: Path) -> None:
    ast.parse(source.read_text(encoding="utf-8"), feature_version=(3, 11))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_each_file_imports_only_what_lambda_has(source: Path) -> None:
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        for name in _imported(node)
    }

    assert imported <= sys.stdlib_module_names | ON_LAMBDA | FOR_TYPES_ONLY


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [node.module or ""]
    return []


def test_it_is_imported_without_aws_and_environment() -> None:
    """Type stubs are not there either, and no client is made before the first event."""
    code = (
        f"import sys; sys.path.insert(0, {str(FOLDER.parent)!r})\n"
        "from baseline_overrides import handler\n"
        f"assert not {FOR_TYPES_ONLY!r} & set(sys.modules)\n"
        "assert handler._clients.cache_info().currsize == 0\n"
    )
    subprocess.run([sys.executable, "-I", "-c", code], check=True, env={})


def test_the_documented_permissions_are_those_of_the_calls() -> None:
    called = {
        action
        for source in SOURCES
        for action in re.findall(r'aws_call\("(\S+)"', source.read_text(encoding="utf-8"))
    }
    documented = set(re.findall(r"\b(?:s3|ssm|logs):[A-Z]\w+", baseline_overrides.__doc__ or ""))

    beside_the_calls = {"s3:ListBucket", "logs:CreateLogStream", "logs:PutLogEvents"}
    assert documented == called | beside_the_calls
