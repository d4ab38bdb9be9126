"""What the bindings put into a stack's configuration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modules.provider import expressions, types
from modules.provider.aws.iam_role import IamRole
from modules.provider.aws.ssm_association import SsmAssociation, SsmAssociationTargets
from modules.provider.backend import Backend, CloudBackend, LocalBackend, S3Backend
from modules.provider.builtin.terraform_data import TerraformData
from modules.provider.engine import constructs, tf
from modules.provider.location import Construct
from modules.provider.meta import Lifecycle, LocalExec
from modules.provider.stack import Stack
from tests.support.every_type import EveryTypeStack


@pytest.fixture
def app(tmp_path: Path) -> tf.App:
    return tf.App(outdir=str(tmp_path / "out"), stack_traces=False)


def _stack(app: tf.App, backend: Backend | None = None) -> Stack:
    return Stack(app, "a", region="eu-central-1", backend=backend or LocalBackend())


def _synthesized(stack: Stack) -> dict[str, Any]:
    configuration: dict[str, Any] = json.loads(tf.Testing.synth(stack, True))
    return configuration


def _role(scope: constructs.Construct, id_: str) -> IamRole:
    return IamRole(scope, id_, assume_role_policy="{}")


def test_arguments_that_are_left_out_do_not_appear(app: tf.App) -> None:
    stack = _stack(app)
    IamRole(stack, "Role", assume_role_policy="{}", name=None, tags={})
    assert _synthesized(stack)["resource"]["aws_iam_role"] == {
        "role": {"assume_role_policy": "{}", "tags": {}}
    }


def test_values_keep_their_types(app: tf.App) -> None:
    stack = _stack(app)
    SsmAssociation(
        stack,
        "Scan",
        name="1",
        apply_only_at_cron_interval=True,
        wait_for_success_timeout_seconds=60,
        parameters={"Count": "1", "Text": 'a "b" $${c}'},
        targets=(SsmAssociationTargets(key="tag:a", values=("1", "2")),),
    )
    assert _synthesized(stack)["resource"]["aws_ssm_association"]["scan"] == {
        "name": "1",
        "apply_only_at_cron_interval": True,
        "wait_for_success_timeout_seconds": 60,
        "parameters": {"Count": "1", "Text": 'a "b" $${c}'},
        "targets": [{"key": "tag:a", "values": ["1", "2"]}],
    }


def test_an_attribute_of_a_resource_is_a_reference_to_it(app: tf.App) -> None:
    role = _role(Construct(_stack(app), "Automation"), "Role")
    assert role.address == "aws_iam_role.automation_role"
    assert role.arn == "${aws_iam_role.automation_role.arn}"


def test_meta_arguments_name_addresses(app: tf.App) -> None:
    stack = _stack(app)
    role = _role(stack, "Role")
    pause = TerraformData(
        stack,
        "Pause",
        depends_on=[role],
        provisioners=[LocalExec(command="sleep 30", when="create")],
        lifecycle=Lifecycle(
            ignore_changes="all",
            prevent_destroy=True,
            replace_triggered_by=[role, role.arn, "aws_iam_role.role.name"],
        ),
    )
    pause.import_from("x")
    pause.move_from_id("terraform_data.old")
    configuration = _synthesized(stack)
    assert configuration["resource"]["terraform_data"]["pause"] == {
        "depends_on": ["aws_iam_role.role"],
        "provisioner": [{"local-exec": {"command": "sleep 30", "when": "create"}}],
        "lifecycle": {
            "ignore_changes": "all",
            "prevent_destroy": True,
            "replace_triggered_by": [
                "aws_iam_role.role",
                "aws_iam_role.role.arn",
                "aws_iam_role.role.name",
            ],
        },
    }
    assert configuration["import"] == [{"to": "terraform_data.pause", "id": "x"}]
    assert configuration["moved"] == [{"from": "terraform_data.old", "to": "terraform_data.pause"}]


def test_a_stack_says_what_it_requires(app: tf.App) -> None:
    configuration = _synthesized(_stack(app))
    assert configuration["provider"] == {"aws": [{"region": "eu-central-1"}]}
    assert configuration["terraform"] == {
        "backend": {"local": {"path": "../../../state/a.tfstate"}},
        "required_providers": {
            "aws": {"source": "hashicorp/aws", "version": ">= 5.100.0, < 7.0.0"}
        },
        "required_version": ">= 1.6",
    }


@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        (
            S3Backend(bucket="b", region="r"),
            {
                "backend": {
                    "s3": {"bucket": "b", "key": "a.tfstate", "region": "r", "encrypt": True}
                }
            },
        ),
        (
            CloudBackend(organization="o"),
            {"cloud": {"organization": "o", "workspaces": {"name": "a"}}},
        ),
    ],
)
def test_a_stack_has_the_backend_that_it_is_given(
    app: tf.App, backend: Backend, expected: dict[str, Any]
) -> None:
    settings = _synthesized(_stack(app, backend))["terraform"]
    assert {key: settings[key] for key in settings.keys() & {"backend", "cloud"}} == expected


@pytest.mark.parametrize(
    ("ids", "name"),
    [
        (("BaselineStore", "AccessLog"), "baseline_store_access_log"),
        (("S3Bucket",), "s3_bucket"),
        (("IAMRole", "iam-role"), "iam_role"),
        (("eu-central-1 / x",), "eu_central_1_x"),
        (("1st",), "_1st"),
    ],
)
def test_names_follow_the_construct_path(app: tf.App, ids: tuple[str, ...], name: str) -> None:
    scope: constructs.Construct = _stack(app)
    for id_ in ids[:-1]:
        scope = Construct(scope, id_)
    assert _role(scope, ids[-1].replace("/", "-")).address == f"aws_iam_role.{name}"


def test_constructs_and_elements_of_others_are_named_alike(app: tf.App) -> None:
    stack = _stack(app)
    foreign = constructs.Construct(stack, "ForeignPart")
    role = _role(foreign, "Role")
    tf.TerraformOutput(foreign, "RoleArn", value=role.arn)
    assert role.address == "aws_iam_role.foreign_part_role"
    assert _synthesized(stack)["output"] == {
        "foreign_part_role_arn": {"value": "${aws_iam_role.foreign_part_role.arn}"}
    }


def test_rejects_a_name_that_is_taken_naming_both_paths(app: tf.App) -> None:
    stack = _stack(app)
    _role(stack, "TheRole")
    with pytest.raises(ValueError, match=r"a/TheRole and a/the-role .* aws_iam_role\.the_role "):
        _role(stack, "the-role")


def test_rejects_a_resource_outside_a_stack(app: tf.App) -> None:
    with pytest.raises(TypeError, match=r"Part stands in no provider\.stack\.Stack"):
        _role(constructs.Construct(app, "Part"), "Role")


def test_every_listed_type_is_used_in_the_stack_that_terraform_validates(app: tf.App) -> None:
    configuration = _synthesized(EveryTypeStack(app))
    assert sorted(configuration["resource"]) == sorted(types.RESOURCES)
    assert sorted(configuration["data"]) == sorted(types.DATA_SOURCES)


def test_hcl_has_neither_quoted_addresses_nor_broken_policies(app: tf.App) -> None:
    stack = _stack(app)
    role = _role(stack, "Role")
    policy = expressions.json_expression({"Resource": role.arn, "Text": 'a "b" ${aws:username}'})
    IamRole(stack, "Other", assume_role_policy=policy, depends_on=[role])
    hcl = stack.to_hcl_terraform()["hcl"]
    assert hcl.endswith(
        'resource "aws_iam_role" "other" {\n'
        "  assume_role_policy = jsonencode({\n"
        "    Resource = aws_iam_role.role.arn\n"
        '    Text     = "a \\"b\\" $${aws:username}"\n'
        "  })\n\n"
        "  depends_on = [aws_iam_role.role]\n"
        "}\n"
    )
