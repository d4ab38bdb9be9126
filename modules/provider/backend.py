"""Where a stack's state is kept, and which files that asks for. Plain data: no CDKTF needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from modules.provider import uploads


@dataclass(frozen=True, kw_only=True)
class LocalBackend:
    """A state file for each stack, in a folder given relative to the stack's own.

    The default lies beside `cdktf.out`, so that the output may be removed and made again.
    """

    KIND: ClassVar[str] = "local"
    FILES: ClassVar[Mapping[str, bytes]] = {}
    folder: str = "../../../state"

    def settings(self, stack: str) -> dict[str, Any]:
        """The arguments of the backend block."""
        return {"path": f"{self.folder}/{stack}.tfstate"}


@dataclass(frozen=True, kw_only=True)
class S3Backend:
    """An object for each stack in a bucket: `<key_prefix><stack>.tfstate`.

    `use_lockfile` needs Terraform or OpenTofu 1.10.
    """

    KIND: ClassVar[str] = "s3"
    FILES: ClassVar[Mapping[str, bytes]] = {}
    bucket: str
    region: str
    key_prefix: str = ""
    encrypt: bool = True
    use_lockfile: bool | None = None
    dynamodb_table: str | None = None
    kms_key_id: str | None = None

    def settings(self, stack: str) -> dict[str, Any]:
        """The arguments of the backend block."""
        return _without_none(
            bucket=self.bucket,
            key=f"{self.key_prefix}{stack}.tfstate",
            region=self.region,
            encrypt=self.encrypt,
            use_lockfile=self.use_lockfile,
            dynamodb_table=self.dynamodb_table,
            kms_key_id=self.kms_key_id,
        )


@dataclass(frozen=True, kw_only=True)
class CloudBackend:
    """HCP Terraform or Terraform Enterprise: a workspace for each stack.

    A workspace is named `<workspace_prefix><stack>`; with `tags`, the workspaces that have them
    all are meant, and one has to be selected.
    """

    KIND: ClassVar[str] = "cloud"
    FILES: ClassVar[Mapping[str, bytes]] = uploads.FILES
    organization: str
    hostname: str | None = None
    project: str | None = None
    workspace_prefix: str = ""
    tags: tuple[str, ...] = ()

    def settings(self, stack: str) -> dict[str, Any]:
        """The content of the cloud block."""
        chosen: dict[str, Any] = (
            {"tags": [*self.tags]} if self.tags else {"name": f"{self.workspace_prefix}{stack}"}
        )
        return _without_none(
            hostname=self.hostname,
            organization=self.organization,
            workspaces=chosen | _without_none(project=self.project),
        )


Backend: TypeAlias = LocalBackend | S3Backend | CloudBackend


def _without_none(**values: object) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
