"""moto's EC2 for fleets of thousands: what moto finds by looking through everything, found at once.

moto copies every reservation to find one instance, and holds every tag of the account against two
regular expressions to find an instance's own.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from moto.ec2.exceptions import InvalidInstanceIdError, InvalidVolumeAttachmentError
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_block_store import VolumeAttachment
from moto.ec2.models.instances import Instance, Reservation
from moto.ec2.utils import filter_reservations


class Ec2WithQuickLookup(EC2Backend):
    """Finds instances and their tags by ID; answers what moto answers."""

    __module__ = EC2Backend.__module__  # beside it moto looks for the URLs

    def get_instance(self, instance_id: str) -> Instance:
        """An instance by ID; InvalidInstanceID.NotFound."""
        return self._reserved(instance_id)[1]

    def detach_volume(
        self, volume_id: str, instance_id: str | None, device_path: str | None
    ) -> VolumeAttachment:
        """moto needs to be told the instance; EC2 does for volumes that several can have."""
        attachment = self.get_volume(volume_id).attachment
        if not instance_id and attachment:
            instance_id = attachment.instance.id
        if not instance_id:
            raise InvalidVolumeAttachmentError(volume_id, "any instance")
        return super().detach_volume(volume_id, instance_id, device_path or "")

    def get_instance_by_id(self, instance_id: str) -> Instance | None:
        """An instance by ID, or None."""
        try:
            return self._reserved(instance_id)[1]
        except InvalidInstanceIdError:
            return None

    def get_reservations_by_instance_ids(
        self, instance_ids: list[str], filters: Any = None
    ) -> list[Reservation]:
        """The reservations of these instances, each with those of them that are in it."""
        found: dict[str, Reservation] = {}
        for instance_id in dict.fromkeys(instance_ids):
            whole, instance = self._reserved(instance_id)
            if whole.id not in found:
                found[whole.id] = copy.copy(whole)
                found[whole.id].instances = []
            found[whole.id].instances.append(instance)
        reservations = list(found.values())
        return filter_reservations(reservations, filters) if filters else reservations

    def describe_tags(self, filters: dict[str, list[str]] | None = None) -> list[dict[str, str]]:
        """Tags; those of a single resource, and those with a single key, are looked up."""
        owner, key = _one_name(filters, "resource-id"), _one_name(filters, "key")
        tags = self.tags if owner is None else _only(self.tags, owner)
        if key is not None:
            tags = {resource: {key: its[key]} for resource, its in tags.items() if key in its}
        with self._instead("tags", tags):
            found: list[dict[str, str]] = super().describe_tags(filters)
        return found

    def describe_iam_instance_profile_associations(
        self, association_ids: list[str], filters: Any = None, *more: Any, **others: Any
    ) -> tuple[list[Any], str | None]:
        """Associations; that of a single instance is looked up."""
        name, instance = "iam_instance_profile_associations", _one_name(filters, "instance-id")
        everything = getattr(self, name)
        narrowed = everything if instance is None else _only(everything, instance)
        with self._instead(name, narrowed):
            found: tuple[list[Any], str | None] = (
                super().describe_iam_instance_profile_associations(
                    association_ids, filters, *more, **others
                )
            )
        return found

    @contextmanager
    def _instead(self, name: str, narrowed: Any) -> Iterator[None]:
        """What moto is to look through, in the place of everything that it holds."""
        everything = getattr(self, name)
        setattr(self, name, narrowed)
        try:
            yield
        finally:
            setattr(self, name, everything)

    def _reserved(self, instance_id: str) -> tuple[Reservation, Instance]:
        index: dict[str, tuple[Reservation, Instance]] = self.__dict__.setdefault("index", {})
        if instance_id not in index:
            # Instances come with their reservation, and stay: a terminated one is there for good.
            for reservation in reversed(self.reservations.values()):
                if reservation.instances and reservation.instances[-1].id in index:
                    break
                index.update((each.id, (reservation, each)) for each in reservation.instances)
        if instance_id not in index:
            raise InvalidInstanceIdError(instance_id)
        return index[instance_id]


def _only(held: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {key: held[key]} if key in held else {}


def _one_name(filters: Mapping[str, Sequence[str]] | None, name: str) -> str | None:
    """A filter's value where it has one alone, without a wildcard or another special sign."""
    wanted = (filters or {}).get(name, ())
    one = len(wanted) == 1 and wanted[0].isascii() and wanted[0].replace("-", "").isalnum()
    return wanted[0] if one else None
