"""The base of every stack: its backend, provider, names and files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from modules.provider import types
from modules.provider.backend import Backend
from modules.provider.engine import constructs, jsii, tf
from modules.provider.hcl_document import render_document
from modules.provider.location import Location, element_location, terraform_name


class Stack(tf.TerraformStack):
    """A stack for one region, with readable names and nothing in it that varies by machine.

    Every element is named after its path below the stack: `BaselineStore/AccessLog` becomes
    `baseline_store_access_log`. With `account`, credentials of any other account are refused.
    """

    def __init__(
        self,
        scope: constructs.Construct,
        name: str,
        *,
        region: str,
        backend: Backend,
        account: str | None = None,
    ) -> None:
        self.name = name
        self.location = Location(self, ())
        self._files: dict[str, bytes] = dict(backend.FILES)
        self._claimed: dict[str, Location] = {}
        super().__init__(scope, name)
        _BackendElement(self, backend)
        _AwsProvider(self, region, account)

    @property
    def files(self) -> Mapping[str, bytes]:
        """Path relative to the stack's folder -> content, of the files beside the configuration."""
        return self._files

    def add_file(self, path: str, content: bytes) -> None:
        """Puts a file beside the configuration at synth, for `expressions.file` and the like.

        ValueError: the path leaves the stack's folder, or has another content already.
        """
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            raise ValueError(f"{self.name}: {path!r} is not a path below the stack's folder")
        if self._files.setdefault(path, content) != content:
            raise ValueError(f"{self.name}: the file {path!r} is added twice, with other content")

    def claim(self, address: str, location: Location) -> None:
        """Takes an address for a construct. ValueError: another one has it."""
        holder = self._claimed.setdefault(address, location)
        if holder is not location:
            raise ValueError(
                f"{holder} and {location} would both be {address} in Terraform: rename one of them"
            )

    @jsii.member(jsii_name="allocateLogicalId")
    def _allocate_logical_id(self, tf_element: tf.TerraformElement | constructs.Node) -> str:
        if location := element_location(tf_element):
            return location.name
        node = tf_element if isinstance(tf_element, constructs.Node) else tf_element.node
        path = node.path.removeprefix(self.name).strip("/")
        return terraform_name(tuple(path.split("/")))

    @jsii.member(jsii_name="prepareStack")
    def prepare_stack(self) -> None:
        """Nothing: CDKTF draws every element once more here, in search of references to other
        stacks. References of these bindings are plain strings, and all names are known.
        """

    @jsii.member(jsii_name="toHclTerraform")
    def to_hcl_terraform(self) -> Mapping[str, Any]:
        """The configuration as HCL text, from the JSON form: both say the same.

        CDKTF's own writer leaves quotes in JSON strings unescaped, quotes references, and has no
        `required_version` (hashicorp/terraform-cdk#3365, #3911).
        """
        configuration: dict[str, Any] = self.to_terraform()
        metadata = {key: configuration[key] for key in ("//", "terraform")}
        return {"hcl": render_document(configuration), "metadata": metadata}


class _BackendElement(tf.TerraformBackend):
    """CDKTF's own cloud backend would run `terraform version` at synth."""

    def __init__(self, scope: Stack, backend: Backend) -> None:
        self._kind, self._settings = backend.KIND, backend.settings(scope.name)
        super().__init__(scope, "Backend", backend.KIND)

    @jsii.member(jsii_name="toTerraform")
    def to_terraform(self) -> Mapping[str, Any]:
        """A backend block, or the cloud block."""
        if self._kind == "cloud":
            return {"terraform": {"cloud": self._settings}}
        return {"terraform": {"backend": {self._kind: self._settings}}}

    @jsii.member(jsii_name="getRemoteStateDataSource")
    def get_remote_state_data_source(
        self, scope: constructs.Construct, name: str, from_stack: str
    ) -> tf.TerraformRemoteState:
        """Refused: names are known, so no stack reads what another one's state holds."""
        raise TypeError(
            f"{scope.node.path} refers to an element of {from_stack}; expected a name: a stack "
            "reads no other stack's state"
        )


class _AwsProvider(tf.TerraformProvider):
    """The AWS provider of a stack and the versions that the stack works with."""

    def __init__(self, scope: Stack, region: str, account: str | None) -> None:
        self._settings: dict[str, Any] = {"region": region}
        if account:
            self._settings["allowed_account_ids"] = [account]
        super().__init__(
            scope,
            "Provider",
            terraform_resource_type="aws",
            terraform_generator_metadata=tf.TerraformProviderGeneratorMetadata(provider_name="aws"),
            terraform_provider_source=types.AWS_SOURCE,
        )

    @jsii.member(jsii_name="toTerraform")
    def to_terraform(self) -> Mapping[str, Any]:
        """The provider block, and what the configuration requires."""
        aws = {"source": types.AWS_SOURCE, "version": types.AWS_VERSION_CONSTRAINT}
        return {
            "terraform": {
                "required_version": types.TERRAFORM_VERSION_CONSTRAINT,
                "required_providers": {"aws": aws},
            },
            "provider": {"aws": [self._settings]},
        }
