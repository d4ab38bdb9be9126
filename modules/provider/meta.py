"""Terraform's meta-arguments, which every resource or data source takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from modules.provider.engine import tf


class Addressable(Protocol):
    """What has an address in Terraform: `aws_iam_role.automation`."""

    address: str


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What must hold before or after a change; `condition` is a template such as `${...}`."""

    condition: str
    error_message: str


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """The `lifecycle` block. A string in `replace_triggered_by` is an address, with attribute or
    without: `aws_s3_bucket.store.id`; it may come as a reference.
    """

    create_before_destroy: bool | None = None
    prevent_destroy: bool | None = None
    ignore_changes: Sequence[str] | Literal["all"] | None = None
    replace_triggered_by: Sequence[Addressable | str] = ()
    preconditions: Sequence[Condition] = ()
    postconditions: Sequence[Condition] = ()

    def to_engine(self) -> tf.TerraformResourceLifecycle:
        """As CDKTF takes it."""
        ignored = self.ignore_changes
        return tf.TerraformResourceLifecycle(
            create_before_destroy=self.create_before_destroy,
            prevent_destroy=self.prevent_destroy,
            ignore_changes=ignored if ignored is None or isinstance(ignored, str) else [*ignored],
            replace_triggered_by=[_address(item) for item in self.replace_triggered_by] or None,
            precondition=[tf.Precondition(**vars(item)) for item in self.preconditions] or None,
            postcondition=[tf.Postcondition(**vars(item)) for item in self.postconditions] or None,
        )


def _address(item: Addressable | str) -> str:
    address = item if isinstance(item, str) else item.address
    return address.removeprefix("${").removesuffix("}")


@dataclass(frozen=True, kw_only=True)
class LocalExec:
    """A `local-exec` provisioner: a command on the machine that runs Terraform."""

    command: str
    when: Literal["create", "destroy"] | None = None

    def to_engine(self) -> tf.LocalExecProvisioner:
        """As CDKTF takes it."""
        return tf.LocalExecProvisioner(type="local-exec", command=self.command, when=self.when)
