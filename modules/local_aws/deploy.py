"""Deploys patch policies into an embedded AWS in a second: by its API, without Terraform.

What is deployed is what `quick_setup` says, as the stacks draw it; for tests and benchmarks of what
comes after. The settings of buckets that nothing reads here are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules.local_aws.direct_calls import DirectCaller
from modules.local_aws.state import State
from modules.policy.model import PatchPolicy
from modules.quick_setup import names
from modules.quick_setup.associations import AssociationSpec, node_associations, refresh_association
from modules.quick_setup.automation_permissions import automation_role
from modules.quick_setup.baseline_function import baseline_function
from modules.quick_setup.baseline_selection import baseline_selection
from modules.quick_setup.buckets import baseline_bucket
from modules.quick_setup.deployment import StackSpec, plan_deployment
from modules.quick_setup.iam import RoleSpec, policy_document
from modules.quick_setup.instance_role import InstanceRoleSpec, baseline_access, default_role
from modules.quick_setup.names import Place
from modules.quick_setup.permissions import explorer_role, remediation_role
from modules.quick_setup.runbooks import RunbookSpec, node_runbooks, refresh_runbook

_VARIABLE = re.compile(r"(?<!\$)\$\{([a-z_]+)\}")


def deploy(state: State, policies: Sequence[PatchPolicy], account: str) -> None:
    """Deploy all stacks of these policies, in their order. Raises botocore's ClientError."""
    deployment = plan_deployment(policies)
    if deployment.instance_role:
        _deployer(state, account, deployment.instance_role.region).instance_role(
            deployment.instance_role
        )
    for stack in deployment.stacks:
        _deployer(state, account, stack.region).stack(stack)


def _deployer(state: State, account: str, region: str) -> _Deployer:
    place = Place(account=account, partition="aws", region=region)
    caller = DirectCaller(
        state=state, region=region, access_key_id=account, before_call=lambda: None
    )
    return _Deployer(place=place, caller=caller)


@dataclass(frozen=True, kw_only=True)
class _Deployer:
    """An account's administrator in a region."""

    place: Place
    caller: DirectCaller

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        return self.caller.call(service, operation, parameters)

    def instance_role(self, spec: InstanceRoleSpec) -> None:
        self.role(default_role(spec, self.place))
        name = names.DEFAULT_ROLE
        self.call("iam", "CreateInstanceProfile", InstanceProfileName=name)
        self.call("iam", "AddRoleToInstanceProfile", InstanceProfileName=name, RoleName=name)
        self.call(
            "iam",
            "CreatePolicy",
            PolicyName=names.BASELINE_POLICY,
            Path=names.BASELINE_POLICY_PATH,
            PolicyDocument=json.dumps(policy_document(baseline_access(self.place))),
        )
        for arn in (
            names.baseline_policy_arn(self.place),
            names.managed_instance_core_arn(self.place),
        ):
            self.call("iam", "AttachRolePolicy", RoleName=name, PolicyArn=arn)

    def stack(self, stack: StackSpec) -> None:
        if stack.has_baseline_store:
            self.baseline_store(stack.policy)
        if stack.has_nodes:
            self.nodes(stack.policy)

    def baseline_store(self, policy: PatchPolicy) -> None:
        bucket = baseline_bucket(policy, self.place)
        location = {"LocationConstraint": self.place.region}
        us_east_1 = self.place.region == "us-east-1"
        configuration = {} if us_east_1 else {"CreateBucketConfiguration": location}
        self.call("s3", "CreateBucket", Bucket=bucket.name, **configuration)
        text = json.dumps(policy_document(bucket.policy))
        self.call("s3", "PutBucketPolicy", Bucket=bucket.name, Policy=text)
        baselines = json.dumps(self.selected_baselines(policy))
        self.function(policy, bucket.name, baselines)
        self.role(remediation_role(policy, self.place))
        self.runbook(refresh_runbook(policy, self.place, baselines))
        self.association(refresh_association(policy))

    def selected_baselines(self, policy: PatchPolicy) -> Mapping[str, Mapping[str, str]]:
        selection = baseline_selection(policy)
        answer = self.call(
            "ssm", "DescribePatchBaselines", Filters=[{"Key": "OWNER", "Values": ["AWS"]}]
        )
        found = {
            each["OperatingSystem"]: {"label": each["BaselineName"], "value": each["BaselineId"]}
            for each in answer["BaselineIdentities"]
            if selection.predefined.get(each["OperatingSystem"]) == each["BaselineName"]
        }
        return found | {system: dict(entry) for system, entry in selection.chosen.items()}

    def function(self, policy: PatchPolicy, bucket: str, baselines: str) -> None:
        spec = baseline_function(policy, self.place)
        self.role(spec.role)
        self.call("logs", "CreateLogGroup", logGroupName=spec.log_group)
        self.call(
            "lambda",
            "CreateFunction",
            FunctionName=spec.name,
            Runtime=spec.package.runtime,
            Role=names.role_arn(self.place, spec.role.name),
            Handler=spec.package.handler,
            Code={"ZipFile": spec.package.content},
            Timeout=spec.timeout_seconds,
            MemorySize=spec.memory_megabytes,
            Environment={"Variables": dict(spec.environment)},
        )
        properties = {"BucketName": bucket, "PatchBaselines": json.loads(baselines)}
        event = {"RequestType": "Create", "ResourceProperties": properties}
        answer = self.call(
            "lambda", "Invoke", FunctionName=spec.name, Payload=json.dumps(event).encode()
        )
        if "FunctionError" in answer:
            raise RuntimeError(f"{spec.name}: {answer['Payload'].read().decode()}")

    def nodes(self, policy: PatchPolicy) -> None:
        self.role(automation_role(policy, self.place))
        if policy.explorer:
            self.role(explorer_role(policy, self.place))
        for runbook in node_runbooks(policy):
            self.runbook(runbook)
        for association in node_associations(policy, self.place):
            self.association(association)

    def role(self, spec: RoleSpec) -> None:
        self.call(
            "iam",
            "CreateRole",
            RoleName=spec.name,
            AssumeRolePolicyDocument=json.dumps(policy_document(spec.trust)),
            Tags=[{"Key": key, "Value": value} for key, value in spec.tags.items()],
        )
        for policy in spec.inline_policies:
            self.call(
                "iam",
                "PutRolePolicy",
                RoleName=spec.name,
                PolicyName=policy.name,
                PolicyDocument=json.dumps(policy_document(policy.statements)),
            )

    def runbook(self, spec: RunbookSpec) -> None:
        given = {"TargetType": spec.target_type} if spec.target_type else {}
        self.call(
            "ssm",
            "CreateDocument",
            Name=spec.name,
            DocumentType="Automation",
            DocumentFormat="JSON",
            Content=_filled(spec),
            **given,
        )

    def association(self, spec: AssociationSpec) -> None:
        given = {
            "ScheduleExpression": spec.schedule_expression,
            "AutomationTargetParameterName": spec.automation_target_parameter_name,
            "Targets": [{"Key": each.key, "Values": list(each.values)} for each in spec.targets],
            "SyncCompliance": spec.sync_compliance,
            "MaxConcurrency": spec.max_concurrency,
            "MaxErrors": spec.max_errors,
        }
        self.call(
            "ssm",
            "CreateAssociation",
            Name=spec.document,
            AssociationName=spec.association_name,
            Parameters={key: [value] for key, value in spec.parameters.items()},
            ApplyOnlyAtCronInterval=spec.apply_only_at_cron_interval,
            **{key: value for key, value in given.items() if value},
        )


def _filled(spec: RunbookSpec) -> str:
    """A template as Terraform's templatefile() fills it."""
    if not spec.variables:
        return spec.text
    filled = _VARIABLE.sub(lambda found: json.dumps(spec.variables[found[1]]), spec.text)
    return filled.replace("$${", "${").replace("%%{", "%{")
