"""The plan's associations before and after, and which of them the apply itself starts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules.review.model.apply_runs import runs_on_apply
from modules.review.model.association import TYPE, Association, read_association
from modules.review.model.document import DocumentChange
from modules.review.model.pairs import Pair, pairs
from modules.review.model.regions import region_of
from modules.review.plan import Plan, ResourceChange
from modules.review.report import RunsOnApply
from modules.review.values import UNKNOWN, shown

# What State Manager runs an association for; tags and computed attributes are not among it.
_FUNCTIONAL = (
    "name",
    "association_name",
    "parameters",
    "schedule_expression",
    "apply_only_at_cron_interval",
    "targets",
    "instance_id",
    "automation_target_parameter_name",
    "max_concurrency",
    "max_errors",
    "document_version",
    "sync_compliance",
    "compliance_severity",
    "output_location",
    "calendar_names",
    "wait_for_success_timeout_seconds",  # of the provider alone, which updates it for this as well
)


@dataclass(frozen=True, kw_only=True)
class AssociationChange:
    """An association before and after, with the attributes that differ in effect.

    `runs` says whether the apply starts it, and `reasons` why.
    """

    change: ResourceChange
    before: Association | None
    after: Association | None
    before_address: str
    is_new: bool
    attributes: tuple[str, ...]
    differences: tuple[str, ...]
    runs: RunsOnApply
    reasons: tuple[str, ...]

    @property
    def now(self) -> Association:
        """As it is after the apply; as it was, where it goes."""
        association = self.after or self.before
        if association is None:
            raise ValueError(f"{self.change.address} is neither before nor after")
        return association

    @property
    def both(self) -> tuple[Association, Association] | None:
        """Before and after, where it is there on both sides and differs."""
        if self.before and self.after and self.attributes:
            return self.before, self.after
        return None

    @property
    def is_touched(self) -> bool:
        """Whether the apply makes, changes or removes it, tags aside."""
        return bool(self.attributes) or self.is_new or self.before is None or self.after is None


def association_changes(
    plan: Plan, documents: Sequence[DocumentChange]
) -> Iterator[AssociationChange]:
    """Every association of the plan, those that do not change as well."""
    by_name: dict[str, list[DocumentChange]] = defaultdict(list)
    for each in documents:
        by_name[each.name].append(each)
    for pair in pairs(plan, (TYPE,), _identity):
        region = pair.change.region
        before = read_association(pair.before_address, pair.before, region)
        after = read_association(pair.change.address, _known(pair), region)
        if before is None and after is None:
            continue
        attributes = tuple(_changed(pair)) if before and after else ()
        runs, reasons = runs_on_apply(pair, after, attributes, by_name)
        yield AssociationChange(
            change=pair.change,
            before=before,
            after=after,
            before_address=pair.before_address,
            is_new=pair.is_new,
            attributes=attributes,
            differences=tuple(_difference(pair, name) for name in attributes),
            runs=runs,
            reasons=reasons,
        )


def _known(pair: Pair) -> Mapping[str, Any]:
    """The attributes after the apply, without those that the provider computes."""
    return {
        name: value
        for name, value in pair.after.items()
        if name == "targets" or not pair.change.is_computed(name)
    }


def _identity(attributes: Mapping[str, Any], change: ResourceChange) -> Hashable | None:
    """A name and a region: a policy has associations of the same names in each of its regions."""
    name = attributes.get("association_name")
    if not isinstance(name, str):
        return None
    return name, region_of(attributes) or change.region


def _changed(pair: Pair) -> Iterator[str]:
    for name in _FUNCTIONAL:
        before, after = pair.before.get(name), pair.after.get(name)
        if before == after or (not before and not after) or _is_computed(pair, name):
            continue
        if name == "parameters" and isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from (
                f"parameters.{key}"
                for key in sorted({*before, *after})
                if before.get(key) != after.get(key)
            )
            continue
        yield name


def _is_computed(pair: Pair, name: str) -> bool:
    if name == "targets":  # may be a dynamic block, which the plan's configuration lacks
        after = read_association(pair.change.address, pair.after, None)
        return pair.after.get(name) == UNKNOWN and bool(after and after.has_no_targets)
    return pair.change.is_computed(name)


def _difference(pair: Pair, attribute: str) -> str:
    """An attribute's two values for a reader."""
    name, _, key = attribute.partition(".")
    before, after = pair.before.get(name), pair.after.get(name)
    if key:
        before = before.get(key) if isinstance(before, Mapping) else before
        after = after.get(key) if isinstance(after, Mapping) else after
    return f"{key or attribute}: {shown(_plain(before))} -> {shown(_plain(after))}"


def _plain(value: Any) -> Any:
    return value if value not in ("", []) else None
