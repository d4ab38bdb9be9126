"""Patch baselines: AWS's own and the account's.

Source of every rule: the API reference of the operation. AWS's baselines are addressed by full ARN
(GetPatchBaseline, BaselineId: "you must specify the full ARN"), an account's own by `pb-...`.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from modules.local_aws.call import Call, Operation, Result
from modules.local_aws.errors import AwsError
from modules.local_aws.paging import page
from modules.local_aws.predefined_baselines import predefined

if TYPE_CHECKING:
    from modules.local_aws.state import State

_PREDEFINED_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
_DEFAULTS: Mapping[str, Any] = {
    "OperatingSystem": "WINDOWS",  # CreatePatchBaseline: "The default value is WINDOWS"
    "GlobalFilters": {"PatchFilters": []},
    "ApprovalRules": {"PatchRules": []},
    "ApprovedPatches": [],
    "ApprovedPatchesComplianceLevel": "UNSPECIFIED",
    "ApprovedPatchesEnableNonSecurity": False,
    "RejectedPatches": [],
    "RejectedPatchesAction": "ALLOW_AS_DEPENDENCY",
    "PatchGroups": [],
    "Sources": [],
}
_FILTERS: Mapping[str, str] = {"OPERATING_SYSTEM": "OperatingSystem", "NAME_PREFIX": "Name"}
QUOTA = 50  # baselines of an account in a region: "AWS Systems Manager endpoints and quotas"

Baseline = dict[str, Any]


@dataclass
class Baselines:
    """The account's own baselines and defaults, by place; what AWS lacks, by region."""

    custom: dict[tuple[str, str], dict[str, Baseline]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    defaults: dict[tuple[str, str], dict[str, str]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    missing: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def owned_by_aws(self, region: str) -> dict[str, Baseline]:
        """AWS's baselines of a region, by ARN."""
        dates = {"CreatedDate": _PREDEFINED_SINCE, "ModifiedDate": _PREDEFINED_SINCE}
        return {
            arn: baseline | dates
            for arn, baseline in predefined(region).items()
            if baseline["OperatingSystem"] not in self.missing[region]
        }

    def find(self, place: tuple[str, str], baseline_id: str) -> Baseline:
        """A baseline by ID or ARN; DoesNotExistException."""
        own = self.custom[place]
        by_aws = self.owned_by_aws(place[1])
        found = own.get(baseline_id.rsplit("/", 1)[-1]) or by_aws.get(baseline_id)
        if found is None:
            raise AwsError("DoesNotExistException", f"Patch baseline {baseline_id} does not exist.")
        return found

    def default(self, place: tuple[str, str], system: str) -> str:
        """The ID of an operating system's default baseline."""
        own = self.defaults[place].get(system)
        by_aws = (b for b in self.owned_by_aws(place[1]).values() if b["OperatingSystem"] == system)
        found = own or next((b["BaselineId"] for b in by_aws), None)
        if found is None:
            raise AwsError("DoesNotExistException", f"There is no default baseline for {system}.")
        return str(found)


def _create(state: State, call: Call) -> Result:
    own = state.baselines.custom[call.place]
    if len(own) >= QUOTA:
        raise AwsError("ResourceLimitExceededException", f"{QUOTA} patch baselines at most.")
    baseline_id = "pb-0" + secrets.token_hex(8)
    given = {k: v for k, v in call.parameters.items() if k not in {"Tags", "ClientToken"}}
    dates = {"CreatedDate": state.now(), "ModifiedDate": state.now()}
    own[baseline_id] = {**_DEFAULTS, **given, **dates, "BaselineId": baseline_id}
    state.tags.put(call.place, "PatchBaseline", baseline_id, call.parameters.get("Tags", ()))
    return {"BaselineId": baseline_id}


def _update(state: State, call: Call) -> Result:
    own = state.baselines.custom[call.place]
    baseline_id = call.parameters["BaselineId"]
    if baseline_id not in own:
        raise AwsError("DoesNotExistException", f"Patch baseline {baseline_id} does not exist.")
    kept = _DEFAULTS if call.parameters.get("Replace") else own[baseline_id]
    fixed = {k: own[baseline_id][k] for k in ("OperatingSystem", "Name", "CreatedDate")}
    given = {k: v for k, v in call.parameters.items() if k != "Replace"}
    own[baseline_id] = {**kept, **fixed, **given, "ModifiedDate": state.now()}
    # UpdatePatchBaseline does not report the patch groups, as GetPatchBaseline does.
    return {k: v for k, v in own[baseline_id].items() if k != "PatchGroups"}


def _get(state: State, call: Call) -> Result:
    return state.baselines.find(call.place, call.parameters["BaselineId"])


def _delete(state: State, call: Call) -> Result:
    baseline_id = call.parameters["BaselineId"]
    if baseline_id in state.baselines.defaults[call.place].values():
        raise AwsError(
            "ResourceInUseException", f"Patch baseline {baseline_id} is a default baseline."
        )
    # DeletePatchBaseline succeeds for a baseline that is not there, as most deletions of SSM do.
    state.baselines.custom[call.place].pop(baseline_id, None)
    state.tags.forget(call.place, "PatchBaseline", baseline_id)
    return {"BaselineId": baseline_id}


def _get_default(state: State, call: Call) -> Result:
    system = call.parameters.get("OperatingSystem", "WINDOWS")
    return {
        "BaselineId": state.baselines.default(call.place, system),
        "OperatingSystem": system,
    }


def _register_default(state: State, call: Call) -> Result:
    baseline = state.baselines.find(call.place, call.parameters["BaselineId"])
    state.baselines.defaults[call.place][baseline["OperatingSystem"]] = baseline["BaselineId"]
    return {"BaselineId": baseline["BaselineId"]}


def _describe(state: State, call: Call) -> Result:
    own = state.baselines.custom[call.place]
    everything = [*state.baselines.owned_by_aws(call.region).values(), *own.values()]
    filters = call.parameters.get("Filters", ())
    chosen = [
        {
            "BaselineId": b["BaselineId"],
            "BaselineName": b["Name"],
            "OperatingSystem": b["OperatingSystem"],
            "BaselineDescription": b.get("Description", ""),
            "DefaultBaseline": _is_default(state, call, b),
        }
        for b in everything
        if all(_passes(b, f["Key"], f["Values"]) for f in filters)
    ]
    return page("BaselineIdentities", chosen, call.parameters, default=100)


def _is_default(state: State, call: Call, baseline: Baseline) -> bool:
    own = state.baselines.defaults[call.place].get(baseline["OperatingSystem"])
    baseline_id = str(baseline["BaselineId"])
    return baseline_id == own if own else baseline_id.startswith("arn:")


def _passes(baseline: Baseline, key: str, values: list[str]) -> bool:
    """The keys are DescribePatchBaselines' own: OWNER, NAME_PREFIX, OPERATING_SYSTEM."""
    if key == "OWNER":
        return ("AWS" if baseline["BaselineId"].startswith("arn:") else "Self") in values
    if key not in _FILTERS:
        raise AwsError("ValidationException", f"{key} is not a filter of DescribePatchBaselines.")
    value = str(baseline[_FILTERS[key]])
    return value.startswith(tuple(values)) if key == "NAME_PREFIX" else value in values


OPERATIONS: Mapping[str, Operation] = {
    "CreatePatchBaseline": _create,
    "DeletePatchBaseline": _delete,
    "DescribePatchBaselines": _describe,
    "GetDefaultPatchBaseline": _get_default,
    "GetPatchBaseline": _get,
    "RegisterDefaultPatchBaseline": _register_default,
    "UpdatePatchBaseline": _update,
}
