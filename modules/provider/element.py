"""The base of the generated bindings: typed arguments in, Terraform's JSON and references out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self, TypeAlias, TypedDict, overload

from modules.provider.engine import constructs, jsii, tf
from modules.provider.expressions import Reference, reference
from modules.provider.location import Location, location_of
from modules.provider.meta import Lifecycle, LocalExec


class Attribute:
    """An attribute of a resource; on an instance, the reference to it: `${aws_x.name.arn}`."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name.rstrip("_")

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: _Element, owner: type) -> Reference: ...
    def __get__(self, instance: _Element | None, owner: type) -> Self | Reference:
        return self if instance is None else reference(f"{instance.address}.{self._name}")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A nested block; what is None is left out."""

    def to_terraform(self) -> dict[str, Any]:
        """The block in Terraform's JSON."""
        values = {field.name.rstrip("_"): getattr(self, field.name) for field in fields(self)}
        return _arguments(values)


def _arguments(values: Mapping[str, object]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items() if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, Block):
        return value.to_terraform()
    if isinstance(value, Mapping):
        return _arguments(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


class _Element:
    """What resources and data sources share.

    `address` is the address in Terraform: `aws_iam_role.automation`, `data.aws_region.current`.
    """

    TYPE: ClassVar[str]
    PREFIX: ClassVar[str] = ""
    address: str
    location: Location
    _values: dict[str, Any]

    def _place(
        self, scope: constructs.Construct, id_: str, arguments: Mapping[str, object]
    ) -> None:
        self.location = location_of(scope).child(id_)
        self.address = f"{self.PREFIX}{self.TYPE}.{self.location.name}"
        self.location.stack.claim(self.address, self.location)
        self._values = _arguments(arguments)

    def _create(self, base: type, scope: constructs.Construct, id_: str, **config: object) -> None:
        """What the constructor of `base` does, without its run-time type checks.

        They take as long as all the rest; mypy has checked the same.
        """
        config["terraformResourceType"] = self.TYPE
        # CDKTF looks for a provider of this name in the stack; Terraform's own types need none.
        config["terraformGeneratorMetadata"] = {"providerName": self.TYPE.partition("_")[0]}
        jsii.create(base, self, [scope, id_, config])


class ResourceMeta(TypedDict, total=False):
    """The meta-arguments of a resource."""

    depends_on: Sequence[Element]
    lifecycle: Lifecycle | None
    provisioners: Sequence[LocalExec]


class DataSourceMeta(TypedDict, total=False):
    """The meta-arguments of a data source."""

    depends_on: Sequence[Element]


class Resource(_Element, tf.TerraformResource):
    """A resource. ValueError: another one of its type has the same name in its stack."""

    def __init__(
        self,
        scope: constructs.Construct,
        id_: str,
        arguments: Mapping[str, object],
        meta: ResourceMeta,
    ) -> None:
        self._place(scope, id_, arguments)
        lifecycle, provisioners = meta.get("lifecycle"), meta.get("provisioners", ())
        self._create(
            tf.TerraformResource,
            scope,
            id_,
            dependsOn=[*meta.get("depends_on", ())] or None,
            lifecycle=lifecycle.to_engine() if lifecycle else None,
            provisioners=[item.to_engine() for item in provisioners] or None,
        )

    @jsii.member(jsii_name="synthesizeAttributes")
    def _synthesize_attributes(self) -> Mapping[str, Any]:
        return self._values

    def import_from(self, id: str, provider: tf.TerraformProvider | None = None) -> None:
        """Adopts an existing object at the next apply, through an import block.

        CDKTF's own would run `terraform version` at synth, once for every import.
        """
        Fragment(self, "Import", {"import": [{"to": self.address, "id": id}]})

    def move_from_id(self, id: str) -> None:
        """Takes over what has the address `id` in the state, through a moved block."""
        Fragment(self, "Moved", {"moved": [{"from": id, "to": self.address}]})


class DataSource(_Element, tf.TerraformDataSource):
    """A data source. ValueError: another one of its type has the same name in its stack."""

    PREFIX: ClassVar[str] = "data."

    def __init__(
        self,
        scope: constructs.Construct,
        id_: str,
        arguments: Mapping[str, object],
        meta: DataSourceMeta,
    ) -> None:
        self._place(scope, id_, arguments)
        self._create(
            tf.TerraformDataSource, scope, id_, dependsOn=[*meta.get("depends_on", ())] or None
        )

    @jsii.member(jsii_name="synthesizeAttributes")
    def _synthesize_attributes(self) -> Mapping[str, Any]:
        return self._values


Element: TypeAlias = Resource | DataSource


class Fragment(tf.TerraformElement):
    """Top-level Terraform JSON that no other element writes, such as an import block."""

    def __init__(self, scope: constructs.Construct, id_: str, content: Mapping[str, Any]) -> None:
        self._content = content
        super().__init__(scope, id_)

    @jsii.member(jsii_name="toTerraform")
    def to_terraform(self) -> Mapping[str, Any]:
        """The content, which CDKTF merges with the other elements'."""
        return self._content
