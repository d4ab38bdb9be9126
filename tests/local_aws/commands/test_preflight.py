"""`patch-policy preflight`: what exists under a stack's names and is in no state is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modules.cli import main
from modules.commands import apply_guard, aws_session
from modules.local_aws import LocalAws
from tests.local_aws.commands.conftest import ACCOUNT, REGION, Client

STACK = f"patch-policy-a1b2c-{REGION}"
ACCOUNT_REFERENCE = "${data.aws_caller_identity.caller_identity.account_id}"
SCAN = "AWS-QuickSetup-PatchPolicy-ScanForPatches-LA-a1b2c"
RESOURCES: dict[str, dict[str, dict[str, Any]]] = {
    "aws_iam_role": {"role": {"name": "WebRole"}, "new_role": {"name": "NewRole"}},
    "aws_iam_instance_profile": {"profile": {"name": "Web"}},
    "aws_iam_policy": {"policy": {"name": "Baselines", "path": "/patching/"}},
    "aws_iam_role_policy": {"inline": {"name": "no name of its own", "role": "WebRole"}},
    "aws_s3_bucket": {"store": {"bucket": f"patchpolicy-{ACCOUNT_REFERENCE}-a1b2c"}},
    "aws_lambda_function": {"function": {"function_name": "baseline-overrides"}},
    "aws_cloudwatch_log_group": {"log": {"name": "/aws/lambda/baseline"}},
    "aws_ssm_document": {"runbook": {"name": "AWSQuickSetup-Runbook-a1b2c"}},
    "aws_ssm_association": {"scan": {"association_name": SCAN}},
}

Output = pytest.CaptureFixture[str]


@pytest.fixture
def project(aws: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A synthesized stack that nothing of was deployed."""
    folder = tmp_path / "cdktf.out" / "stacks" / STACK
    folder.mkdir(parents=True)
    configuration = {
        "provider": {"aws": [{"region": REGION}]},
        "resource": RESOURCES,
        "terraform": {"backend": {"local": {"path": f"../../../state/{STACK}.tfstate"}}},
    }
    (folder / "cdk.tf.json").write_text(json.dumps(configuration), encoding="utf-8")
    manifest: dict[str, Any] = {"stacks": {STACK: {}}}
    (tmp_path / "cdktf.out" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def change(project: Path, **blocks: Any) -> None:
    """Put other top-level blocks into the stack's configuration."""
    file = project / "cdktf.out" / "stacks" / STACK / "cdk.tf.json"
    configuration = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**configuration, **blocks}))


def create_association(client: Client) -> str:
    created = client("ssm").create_association(
        Name="AWS-RunPatchBaseline",
        AssociationName=SCAN,
        Targets=[{"Key": "InstanceIds", "Values": ["*"]}],
        Parameters={"Operation": ["Scan"]},
    )
    return str(created["AssociationDescription"]["AssociationId"])


def remember(project: Path, address: str, **attributes: Any) -> None:
    """Put one resource into the stack's state."""
    type_, name = address.split(".")
    instance = {"attributes": attributes}
    resource = {"mode": "managed", "type": type_, "name": name, "instances": [instance]}
    state = project / "state" / f"{STACK}.tfstate"
    state.parent.mkdir(exist_ok=True)
    state.write_text(json.dumps({"version": 4, "resources": [resource]}), encoding="utf-8")


def import_command(address: str, identity: str) -> str:
    return f"import it: terraform -chdir=cdktf.out/stacks/{STACK} import {address} {identity}"


def test_each_kind_of_resource_is_named_with_its_import(
    project: Path, client: Client, capsys: Output
) -> None:
    """WebRole and its profile are the fleet's; NewRole and the function do not exist."""
    bucket = f"patchpolicy-{ACCOUNT}-a1b2c"
    client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    client("logs").create_log_group(logGroupName="/aws/lambda/baseline")
    client("logs").create_log_group(logGroupName="/aws/lambda/baseline-of-another")
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    policy = client("iam").create_policy(
        PolicyName="Baselines",
        Path="/patching/",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
    )["Policy"]["Arn"]
    association = create_association(client)
    assert main(["preflight"]) == 1
    found = capsys.readouterr().out.splitlines()
    assert [line.partition("; ")[2] for line in found] == [
        import_command("aws_iam_role.role", "WebRole"),
        import_command("aws_iam_instance_profile.profile", "Web"),
        import_command("aws_iam_policy.policy", policy),
        import_command("aws_s3_bucket.store", bucket),
        import_command("aws_cloudwatch_log_group.log", "/aws/lambda/baseline"),
        import_command("aws_ssm_association.scan", association),
    ]


def test_what_is_in_the_state_stands_in_no_way(
    project: Path, client: Client, capsys: Output
) -> None:
    (role, profile) = ("WebRole", "Web")
    client("iam").remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=role)
    client("iam").delete_instance_profile(InstanceProfileName=profile)
    remember(project, "aws_iam_role.role", id=role)
    assert main(["preflight"]) == 0
    assert capsys.readouterr().out == (
        f"Account {ACCOUNT}, 1 stacks: nothing stands in the way. Of their names, AWS has those of "
        "the 1 resources in their states.\n"
    )


def test_a_second_association_of_the_name_is_to_be_deleted(
    project: Path, client: Client, capsys: Output
) -> None:
    known, stranger = create_association(client), create_association(client)
    remember(project, "aws_ssm_association.scan", id="computed", association_id=known)
    assert main(["preflight"]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "association" in line]
    assert line.endswith(f"delete this one: aws ssm delete-association --association-id {stranger}")
    assert known not in line


def test_of_two_unknown_associations_one_is_imported(
    project: Path, client: Client, capsys: Output
) -> None:
    first, second = create_association(client), create_association(client)
    main(["preflight"])
    lines = [line for line in capsys.readouterr().out.splitlines() if "association" in line]
    assert sum("import it" in line for line in lines) == 1
    assert sum("delete this one" in line for line in lines) == 1
    assert {line.split()[-1] for line in lines} == {first, second}


def guard(project: Path) -> int:
    """What runs before an apply of the stack."""
    return apply_guard.main(project / "cdktf.out" / "stacks" / STACK)


def test_no_apply_makes_a_second_association(project: Path, client: Client, capsys: Output) -> None:
    """All else that exists already is Terraform's to refuse."""
    association = create_association(client)
    assert guard(project) == 1
    found, refused = capsys.readouterr().err.splitlines()
    assert f"{SCAN!r} exists and is not in its state" in found
    assert found.endswith(f"import aws_ssm_association.scan {association}")
    assert refused == f"{STACK}: not applied; put this right, deploy again"


def test_an_apply_goes_on_with_the_association_of_its_state(
    project: Path, client: Client, capsys: Output
) -> None:
    remember(project, "aws_ssm_association.scan", association_id=create_association(client))
    assert guard(project) == 0
    assert capsys.readouterr().err == ""


@pytest.fixture
def without_credentials(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(variable)
    aws_session.session.cache_clear()
    yield
    aws_session.session.cache_clear()


@pytest.mark.usefixtures("without_credentials")
def test_nothing_is_applied_where_aws_cannot_be_asked(project: Path, capsys: Output) -> None:
    assert guard(project) == 1
    found, _ = capsys.readouterr().err.splitlines()
    assert found.startswith("Second associations could not be looked for: AWS cannot be called")


@pytest.mark.usefixtures("without_credentials")
def test_a_run_that_hcp_terraform_executes_has_its_credentials_there(
    project: Path, capsys: Output
) -> None:
    change(project, terraform={"cloud": {"organization": "acme"}})
    assert guard(project) == 0
    assert capsys.readouterr().err == ""


def test_a_state_of_another_account_is_no_all_clear(project: Path, capsys: Output) -> None:
    remember(project, "aws_iam_role.role", id="x", arn="arn:aws:iam::111122223333:role/WebRole")
    assert main(["preflight"]) == 2
    assert "its state holds resources of account 111122223333" in capsys.readouterr().err


def test_rejects_another_account_than_the_apps(project: Path, capsys: Output) -> None:
    context = {"policies": ["policies"], "account": "111122223333"}
    (project / "cdktf.json").write_text(json.dumps({"context": context}))
    assert main(["preflight"]) == 2
    assert "expected 111122223333, which cdktf.json names" in capsys.readouterr().err


ROLE = "AmazonSSMRoleForInstancesQuickSetup"


def adopt(project: Path) -> None:
    """The role stack's configuration, which imports the default role and its policy."""
    resources: dict[str, Any] = {
        "aws_iam_role": {"default": {"name": ROLE, "tags": {"QSConfigId-a1b2c": "a1b2c"}}},
        "aws_iam_policy": {"baselines": {"name": "Baselines", "path": "/patching/"}},
    }
    imports = [
        {"to": f"{type_}.{name}", "id": "x"} for type_ in resources for name in resources[type_]
    ]
    change(project, resource=resources, **{"import": imports})


def test_what_the_deploy_adopts_has_to_be_there_and_stands_in_no_way(
    project: Path, client: Client, capsys: Output
) -> None:
    """Quick Setup has made no policy of its own since 2024: adopting all three would not plan."""
    adopt(project)
    client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument="{}")
    assert main(["preflight"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert "aws_iam_policy 'Baselines' does not exist, and adopt_baseline_policy" in line


def test_a_tag_of_another_patch_policy_is_not_lost_unnoticed(
    project: Path, client: Client, capsys: Output
) -> None:
    adopt(project)
    ours = {"QSConfigId-a1b2c": "a1b2c", "QSConfigId-removed": "removed"}
    tags = {**ours, "QSConfigId-q4bkg": "q4bkg", "Team": "web"}
    client("iam").create_role(
        RoleName=ROLE,
        AssumeRolePolicyDocument="{}",
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )
    remember(project, "aws_iam_role.default", id=ROLE, tags={"QSConfigId-removed": "removed"})
    main(["preflight"])
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "QSConfigId" in line]
    assert "has the tag QSConfigId-q4bkg, which a deploy removes" in line
    assert "add q4bkg to other_configuration_ids" in line


def test_rejects_a_project_that_was_not_synthesized(
    aws: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["preflight"]) == 2
    assert capsys.readouterr().err == (
        "cdktf.out: no synthesized stacks; expected manifest.json: run cdktf synth first\n"
    )


def test_rejects_stacks_in_hcl(project: Path, capsys: Output) -> None:
    (project / "cdktf.out" / "stacks" / STACK / "cdk.tf.json").unlink()
    assert main(["preflight"]) == 2
    assert "expected JSON: run cdktf synth without --hcl" in capsys.readouterr().err
