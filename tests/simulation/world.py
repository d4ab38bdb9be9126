"""A deployed patch policy with a small fleet in the embedded AWS, to run its runbooks in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import boto3

from modules.local_aws import Fleet, LocalAws, moto_backends
from modules.local_aws.automation import AutomationExecution, Start, execute
from modules.local_aws.deploy import deploy
from modules.local_aws.fleet import Node
from modules.local_aws.managed_nodes import node_tags
from modules.policy.build import build_policy
from modules.policy.model import PatchPolicy
from modules.policy.operating_systems import OPERATING_SYSTEMS
from modules.quick_setup import names
from modules.quick_setup.associations import (
    AssociationSpec,
    node_associations,
    refresh_association,
)
from modules.quick_setup.buckets import baseline_bucket
from modules.quick_setup.documents import load_documents
from modules.quick_setup.iam import policy_document
from modules.quick_setup.names import Place

ACCOUNT, REGION = "123456789012", "us-east-1"
PLACE = Place(account=ACCOUNT, partition="aws", region=REGION)
STORE = "111122223333"
ID = "a1b2c"
FUNCTION = "the Lambda function"  # in a runbook's place

STACK = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/web/0f1e2d3c"

# Node IDs of machines that are gone.
GONE = {"gone": "i-0123456789abcdef0", "gone-hybrid": "mi-0123456789abcdef0"}

# A policy without a store of its own: what it does to nodes needs no Lambda function.
READER: Mapping[str, Any] = {
    "name": "production",
    "configuration_id": ID,
    "home_region": REGION,
    "targets": {"tag": {"key": "Env", "value": "prod"}},
    "baseline_store": {"account": STORE},
    "explorer": False,
}
OWNER: Mapping[str, Any] = {key: READER[key] for key in READER if key != "baseline_store"}

_SYSTEMS = frozenset({"AMAZON_LINUX_2023", "UBUNTU"})  # the others only make a Lambda run longer


def _machines() -> tuple[Node, ...]:
    here: dict[str, Any] = {"account": ACCOUNT, "region": REGION}
    prod: dict[str, Any] = {"tags": {"Env": "prod", "aws:cloudformation:stack-id": STACK}}
    return (
        Node(name="bare", **here, **prod),
        Node(name="served", profile="Servers", role="ServerRole", **here, **prod),
        Node(name="empty", profile="Empty", **here, **prod),
        Node(name="other", **here),
        Node(name="shop", kind="hybrid", role="ShopRole", **here, **prod),
        Node(name="office", kind="hybrid", **here, **prod),
        Node(name="depot", kind="hybrid", **here),
    )


@dataclass(frozen=True)
class World:
    """One deployed policy; `ids` are the machines' by their names."""

    aws: LocalAws
    policy: PatchPolicy
    ids: Mapping[str, str]

    @property
    def place(self) -> tuple[str, str]:
        """Where everything is."""
        return ACCOUNT, REGION

    def client(self, service: str) -> Any:
        """The account's administrator."""
        return boto3.client(  # type: ignore[call-overload]  # the service is a variable here
            service,
            endpoint_url=self.aws.url,
            region_name=REGION,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="any",
        )

    def association(self, key: str) -> AssociationSpec:
        """The association of a document, by the document's folder."""
        document = load_documents()[key].name(ID, self.policy.document_name_prefix)
        every = (*node_associations(self.policy, PLACE), refresh_association(self.policy))
        return next(each for each in every if each.document == document)

    def run(
        self, key: str, node: str | None = None, changes: Mapping[str, str] | None = None
    ) -> AutomationExecution:
        """Run a document as State Manager would, for a node where it is one for nodes."""
        if key == FUNCTION:
            return self._invoke(changes or {})
        spec = self.association(key)
        parameters = {**spec.parameters, **(changes or {})}
        if node is not None:
            parameters["InstanceId"] = self.ids.get(node, node)
        start = Start(
            document_name=spec.document,
            parameters={name: [value] for name, value in parameters.items()},
            target=parameters.get("InstanceId"),
            executed_by="State Manager",
        )
        return execute(self.aws.state, ACCOUNT, REGION, start)

    def _invoke(self, event: Mapping[str, str]) -> AutomationExecution:
        """Invoke the function as Terraform does, in a runbook that has this one step."""
        properties = {"BucketName": names.baseline_bucket(ACCOUNT, ID)}
        step = {
            "name": "invoke",
            "action": "aws:invokeLambdaFunction",
            "inputs": {
                "FunctionName": names.baseline_function(ID),
                "InputPayload": {**event, "ResourceProperties": properties},
            },
        }
        content = json.dumps({"schemaVersion": "0.3", "mainSteps": [step]})
        name = f"Invoke-{len(self.aws.state.automation.at(self.place))}"
        self.client("ssm").create_document(Name=name, DocumentType="Automation", Content=content)
        return execute(self.aws.state, ACCOUNT, REGION, Start(document_name=name))

    def restore_bucket_policy(self) -> None:
        """Put the bucket policy back that the policy deploys."""
        bucket = baseline_bucket(self.policy, PLACE)
        text = json.dumps(policy_document(bucket.policy))
        self.client("s3").put_bucket_policy(Bucket=bucket.name, Policy=text)

    def picture(self) -> dict[str, Any]:
        """All that runbooks may change, by what it is."""
        found: dict[str, Any] = {}
        machines = self.aws.state.nodes.at(self.place)
        for name, node_id in self.ids.items():
            if node_id not in machines:
                continue
            machine = machines[node_id]
            tags = node_tags(self.aws.state, self.place, machine)
            found[f"{name}: name tags"] = {k: v for k, v in tags.items() if "QSConfig" in k}
            if machine.is_hybrid:
                found[f"{name}: role"] = machine.role
            else:
                role = moto_backends.instance_role(self.place, node_id)
                found[f"{name}: role"] = role.name if role else None
        for role in moto_backends.iam(ACCOUNT).roles.values():
            attached = sorted(policy.name for policy in role.managed_policies.values())
            tags = moto_backends.role_tags(role)
            found[f"{role.name}: policies"] = attached
            found[f"{role.name}: tags"] = {k: v for k, v in tags.items() if "QSConfig" in k}
        return found | self._overrides()

    def _overrides(self) -> dict[str, Any]:
        bucket = moto_backends.find_bucket(names.baseline_bucket(ACCOUNT, ID))
        if bucket is None:
            return {}
        versions = bucket.keys.getlist(names.OVERRIDES_KEY) or []
        newest = json.loads(versions[-1].value) if versions else []
        return {
            "overrides: versions": len(versions),
            "overrides: systems": [each["OperatingSystem"] for each in newest],
        }


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What is different, as it is now."""
    return {
        key: after.get(key)
        for key in (*before, *(each for each in after if each not in before))
        if before.get(key) != after.get(key)
    }


def build(aws: LocalAws, policy: Mapping[str, Any]) -> World:
    """A world from the beginning: the fleet, then the policy."""
    missing = frozenset(OPERATING_SYSTEMS) - _SYSTEMS
    aws.state.fleet = Fleet(nodes=_machines(), missing_baselines={REGION: missing})
    aws.reset()
    built = build_policy(policy)
    deploy(aws.state, [built], ACCOUNT)
    world = World(aws, built, {})
    if built.owns_baseline_store:
        world.client("s3").put_bucket_versioning(
            Bucket=names.baseline_bucket(ACCOUNT, ID),
            VersioningConfiguration={"Status": "Enabled"},
        )
    machines = aws.state.nodes.at((ACCOUNT, REGION)).values()
    return replace(world, ids={**{m.node.name: m.id for m in machines}, **GONE})
