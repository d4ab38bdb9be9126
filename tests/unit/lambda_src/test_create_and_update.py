"""Create and Update: all chosen baselines, or nothing."""

from __future__ import annotations

import json
import logging
import threading

import pytest
from baseline_overrides.errors import OverridesFileError, UnusableBaselinesError
from baseline_overrides.patch_baselines import MAX_CONCURRENT_CALLS
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from modules.policy.operating_systems import OPERATING_SYSTEMS
from tests.unit.lambda_src.aws_double import BUCKET, KEY, AwsDouble, event, moto
from tests.unit.lambda_src.conftest import Invoke

ABSENT = "pb-00000000000000000"
both = pytest.mark.parametrize("request_type", ["Create", "Update"])


@both
def test_writes_the_rules_and_names_of_a_baseline_but_no_metadata(
    aws: AwsDouble, invoke: Invoke, request_type: str
) -> None:
    baseline_id = aws.add_baseline(
        "UBUNTU",
        Name="ours",
        RejectedPatches=["bash"],
        CreatedDate=1.0,
        ModifiedDate=2.0,
        PatchGroups=["Production"],
    )

    result = invoke(event(request_type, {"UBUNTU": baseline_id}))

    stored = aws.s3.get_object(Bucket=BUCKET, Key=KEY)
    assert stored["ContentType"] == "application/json"
    assert stored["Body"].read().decode() == (
        "[\n"
        f'{{"BaselineId": "{baseline_id}", "Name": "ours", "OperatingSystem": "UBUNTU",'
        ' "RejectedPatches": ["bash"]}\n'
        "]\n"
    )
    assert result == {
        "Bucket": BUCKET,
        "Key": KEY,
        "OperatingSystems": ["UBUNTU"],
        "VersionId": stored["VersionId"],
        "Written": True,
    }


def test_all_operating_systems_are_written_in_order_of_their_names(
    aws: AwsDouble, invoke: Invoke
) -> None:
    chosen = {name: aws.add_baseline(name) for name in reversed(OPERATING_SYSTEMS)}
    assert len(chosen) == 15

    result = invoke(event("Create", chosen))

    written = [item["OperatingSystem"] for item in json.loads(aws.body())]
    assert written == sorted(OPERATING_SYSTEMS)
    assert result["OperatingSystems"] == written


def test_baselines_may_come_as_json_text(aws: AwsDouble, invoke: Invoke) -> None:
    """An Automation document passes them as a string parameter."""
    as_object = event("Create", {"SUSE": aws.add_baseline("SUSE", Description="für Köln")})
    as_text = event("Update", {})
    as_text["ResourceProperties"]["PatchBaselines"] = json.dumps(
        as_object["ResourceProperties"]["PatchBaselines"]
    )

    assert invoke(as_object)["Written"] is True
    assert invoke(as_text)["Written"] is False


def test_a_baseline_of_aws_is_read_by_its_arn(aws: AwsDouble, invoke: Invoke) -> None:
    arn = "arn:aws:ssm:eu-central-1:123456789012:patchbaseline/pb-0123456789abcdef0"
    aws.baselines[arn] = {"BaselineId": arn, "OperatingSystem": "MACOS"}

    assert invoke(event("Create", {"MACOS": arn}))["OperatingSystems"] == ["MACOS"]


def test_non_ascii_text_survives_in_a_file_of_ascii(aws: AwsDouble, invoke: Invoke) -> None:
    """A node may read the file with any encoding."""
    invoke(event("Create", {"DEBIAN": aws.add_baseline("DEBIAN", Description="日本語 🐧")}))

    assert aws.body().isascii()
    assert json.loads(aws.body())[0]["Description"] == "日本語 🐧"


def test_writes_no_new_version_while_no_rule_changes(aws: AwsDouble, invoke: Invoke) -> None:
    chosen = {"CENTOS": aws.add_baseline("CENTOS", ModifiedDate=1.0, PatchGroups=[])}
    first = invoke(event("Create", chosen))
    aws.baselines[chosen["CENTOS"]].update(ModifiedDate=2.0, PatchGroups=["a"], CreatedDate=3.0)

    second = invoke(event("Update", chosen))

    assert second == first | {"Written": False}
    assert aws.versions() == [first["VersionId"]]


def test_writes_a_new_version_when_a_rule_changes(aws: AwsDouble, invoke: Invoke) -> None:
    chosen = {"CENTOS": aws.add_baseline("CENTOS", ApprovedPatches=["a"])}
    invoke(event("Create", chosen))
    aws.baselines[chosen["CENTOS"]].update(ApprovedPatches=["a", "b"])

    assert invoke(event("Update", chosen))["Written"] is True
    assert len(aws.versions()) == 2
    assert json.loads(aws.body())[0]["ApprovedPatches"] == ["a", "b"]


@both
def test_rejects_missing_baselines_before_anything_is_written(
    aws: AwsDouble, invoke: Invoke, request_type: str
) -> None:
    chosen = {"UBUNTU": aws.add_baseline("UBUNTU"), "DEBIAN": ABSENT, "SUSE": f"{ABSENT}1"}

    with pytest.raises(UnusableBaselinesError) as caught:
        invoke(event(request_type, chosen))

    assert str(caught.value) == (
        f"DEBIAN: the patch baseline {ABSENT} does not exist in eu-central-1;"
        f" SUSE: the patch baseline {ABSENT}1 does not exist in eu-central-1."
        f" s3://{BUCKET}/{KEY} stays as it is. Choose existing patch baselines in the policy file"
        " (patch_baselines) and apply it again."
    )
    assert aws.versions() == []
    assert not aws.calls["PutObject"]


def test_rejects_one_baseline_for_two_operating_systems(aws: AwsDouble, invoke: Invoke) -> None:
    baseline_id = aws.add_baseline("UBUNTU")

    with pytest.raises(UnusableBaselinesError) as caught:
        invoke(event("Create", {"UBUNTU": baseline_id, "DEBIAN": baseline_id}))

    expected = f"DEBIAN: the patch baseline {baseline_id} is for UBUNTU."
    assert str(caught.value).startswith(expected)
    assert aws.versions() == []


def test_a_file_that_nodes_would_refuse_is_not_written(
    aws: AwsDouble, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a defect of the function could compose one."""
    monkeypatch.setattr("baseline_overrides.overrides_file.compose", lambda _: b"[]")

    with pytest.raises(OverridesFileError):
        invoke(event("Create", {"UBUNTU": aws.add_baseline("UBUNTU")}))

    assert aws.versions() == []


def test_baselines_are_read_at_the_same_time_but_not_all_at_once(
    aws: AwsDouble, invoke: Invoke
) -> None:
    """Each call waits for as many as may run together; with fewer the barrier would break."""
    barrier = threading.Barrier(MAX_CONCURRENT_CALLS, timeout=5)
    lock = threading.Lock()
    running: list[int] = []
    peaks: list[int] = []
    patch_manager = aws.always["GetPatchBaseline"]

    def together(request: AWSPreparedRequest) -> AWSResponse | None:
        with lock:
            running.append(1)
            peaks.append(len(running))
        barrier.wait()
        with lock:
            running.pop()
        return patch_manager(request)

    aws.always["GetPatchBaseline"] = together

    invoke(event("Create", {name: aws.add_baseline(name) for name in OPERATING_SYSTEMS}))

    assert 1 < max(peaks) == MAX_CONCURRENT_CALLS < len(OPERATING_SYSTEMS)


def test_a_run_cut_off_after_its_write_is_completed_by_the_next(
    aws: AwsDouble, invoke: Invoke
) -> None:
    def write_and_be_cut_off(request: AWSPreparedRequest) -> AWSResponse:
        moto(request)
        raise KeyboardInterrupt

    chosen = {"UBUNTU": aws.add_baseline("UBUNTU")}
    aws.once("PutObject", write_and_be_cut_off)
    with pytest.raises(KeyboardInterrupt):
        invoke(event("Create", chosen))

    assert invoke(event("Create", chosen))["Written"] is False
    assert len(aws.versions()) == 1


def test_a_run_that_failed_before_its_write_is_repaired_by_the_next(
    aws: AwsDouble, invoke: Invoke
) -> None:
    with pytest.raises(UnusableBaselinesError):
        invoke(event("Create", {"UBUNTU": ABSENT}))

    assert invoke(event("Create", {"UBUNTU": aws.add_baseline("UBUNTU")}))["Written"] is True


def test_each_decision_is_one_line_of_log_without_the_content(
    aws: AwsDouble, invoke: Invoke, caplog: pytest.LogCaptureFixture
) -> None:
    """A baseline's `Sources` may hold the password of a repository."""
    chosen = {"UBUNTU": aws.add_baseline("UBUNTU", Description="secret")}
    with caplog.at_level(logging.INFO, "baseline_overrides"):
        version = invoke(event("Create", chosen))["VersionId"]
        invoke(event("Create", chosen))

    assert caplog.messages == [
        f"s3://{BUCKET}/{KEY}: written, version {version}",
        f"s3://{BUCKET}/{KEY}: unchanged, version {version}",
    ]
