import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.resources import DifferentResourcesError, check_same, write_resources

BUCKET = {"bucket": "logs", "depends_on": ["aws_iam_role.a"], "//": {"metadata": {}}}


def output(folder: Path, buckets: dict[str, Any]) -> Path:
    stack = folder / "stacks" / "one"
    stack.mkdir(parents=True)
    configuration = {
        "provider": {"aws": [{"region": "eu-west-1"}]},
        "resource": {"aws_s3_bucket": buckets},
    }
    stack.joinpath("cdk.tf.json").write_text(json.dumps(configuration), encoding="utf-8")
    return folder


def test_resources_are_written_with_meta_arguments_apart(tmp_path: Path) -> None:
    file = tmp_path / "resources.json"
    write_resources(output(tmp_path / "a", {"logs": BUCKET}), file)
    assert json.loads(file.read_bytes()) == {
        "one": {
            "region": "eu-west-1",
            "elements": [
                {
                    "kind": "resource",
                    "id": "resource-aws_s3_bucket-logs",
                    "type": "aws_s3_bucket",
                    "arguments": {"bucket": "logs"},
                    "meta": {"depends_on": ["aws_iam_role.a"]},
                }
            ],
        }
    }


def test_the_same_resources_may_have_other_names(tmp_path: Path) -> None:
    check_same(
        output(tmp_path / "a", {"logs": BUCKET}), output(tmp_path / "b", {"logs_1A2B": BUCKET})
    )


def test_refuses_to_compare_apps_that_differ_in_an_argument(tmp_path: Path) -> None:
    other = {"logs": {**BUCKET, "bucket": "other"}}
    with pytest.raises(
        DifferentResourcesError, match=r'differs .* missing there: .*"bucket": "logs"'
    ):
        check_same(output(tmp_path / "a", {"logs": BUCKET}), output(tmp_path / "b", other))
