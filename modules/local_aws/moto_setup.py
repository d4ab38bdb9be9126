"""moto, set up for the embedded AWS; imported when one starts, as moto is slow to import."""

from __future__ import annotations

import json
import os
from functools import cache

from moto import backends
from moto.core import responses, serialize, utils
from moto.ec2.models import ec2_backends
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.exceptions import DeleteConflictException
from moto.iam.models import AWSManagedPolicy, IAMBackend, ManagedPolicy, iam_backends
from moto.s3.models import FakeDeleteMarker

from modules.local_aws import moto_xml
from modules.local_aws.moto_ec2 import Ec2WithQuickLookup
from modules.local_aws.moto_picker import QuickPicker, value_of
from modules.local_aws.moto_structures import structure

_list_modules = backends.list_of_moto_modules
_list_methods = utils.method_names_from_class


@cache
def _managed_policies() -> tuple[AWSManagedPolicy, ...]:
    """All policies that AWS manages, from moto's copy of them: parsed once, not once an account."""
    return tuple(
        AWSManagedPolicy.from_data(name, "aws", "us-east-1", data)
        for name, data in json.loads(aws_managed_policies_data).items()
    )


def _copy(policy: AWSManagedPolicy) -> AWSManagedPolicy:
    """As `copy.copy` does, at a tenth of its time: an account has 1,600 of them."""
    twin: AWSManagedPolicy = object.__new__(type(policy))
    twin.__dict__.update(policy.__dict__)
    return twin


class IamWithManagedPolicies(IAMBackend):
    """moto's IAM with AWS's managed policies, AmazonSSMManagedInstanceCore among them."""

    __module__ = IAMBackend.__module__  # beside it moto looks for the URLs

    def _init_aws_policies(self) -> list[ManagedPolicy]:
        return [_copy(policy) for policy in _managed_policies()]  # each counts its attachments

    def delete_policy(self, policy_arn: str) -> None:
        """Refuse, as AWS does and moto does not, where somebody bears the policy."""
        if self.get_policy(policy_arn).attachment_count:
            raise DeleteConflictException("Cannot delete a policy attached to entities.")
        super().delete_policy(policy_arn)


def _has_no_content(_marker: FakeDeleteMarker) -> None:
    """moto would fail at a delete marker, where it disposes of the content of all versions."""


def set_up() -> None:
    """Let moto make its IAM and EC2 backends of our classes, and no machine images."""
    FakeDeleteMarker.dispose = _has_no_content  # type: ignore[attr-defined]  # moto forgot it
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"  # 1,300 that nobody here launches
    # moto finds these out anew for every call: its own folders, and a class's methods.
    vars(backends)["list_of_moto_modules"] = cache(lambda: tuple(_list_modules()))
    vars(responses)["method_names_from_class"] = cache(_list_methods)
    vars(responses)["XFormedAttributePicker"] = QuickPicker
    vars(serialize)["xmltodict"] = moto_xml
    serialize.ResponseSerializer.get_value = value_of  # type: ignore[method-assign]
    serialize.ResponseSerializer._serialize_type_structure = structure  # type: ignore[method-assign]
    ec2_backends.backend = Ec2WithQuickLookup
    iam_backends.backend = IamWithManagedPolicies
