"""What an existing deployment made, from the `terraform show -json` of its states."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from modules.plain.topics import Place, places
from modules.policy.problems import PolicyError, Problem

NOT_IMPORTABLE: Final = frozenset({"aws_lambda_invocation", "terraform_data"})
"""The provider cannot import an invocation; the others live in the state alone."""

_ARN: Final = re.compile(r"arn:aws[a-z-]*:ssm:([a-z0-9-]+):\d{12}:")
# A deployment of CDKTF's has its addresses; one of a generated directory, those of that.
_BY_ADDRESS: Final = {**{each.address: each for each in places().values()}, **places()}


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A resource that exists. `where`: configuration ID and region; None for the shared role's."""

    place: Place
    id: str
    where: tuple[str, str] | None


def read_states(files: Sequence[Path]) -> tuple[Deployed, ...]:
    """Every resource of ours in these files. PolicyError: a file is no state as JSON."""
    found = [each for file in files for module in _modules(file) for each in _deployed(module)]
    return tuple(found)


def _modules(file: Path) -> Iterator[Sequence[Mapping[str, Any]]]:
    """The resources of each module of a state; a module is of one policy and region."""
    try:
        state = json.loads(file.read_text(encoding="utf-8"))
        ahead = [state["values"]["root_module"]]
    except OSError as error:
        raise PolicyError([Problem(str(file), "$", f"{error.strerror}; expected a file")]) from None
    except (ValueError, KeyError, TypeError):
        message = "found no state; expected what `terraform show -json` prints of a deployment"
        raise PolicyError([Problem(str(file), "$", message)]) from None
    while ahead:
        module = ahead.pop()
        ahead += module.get("child_modules", [])
        yield [each for each in module.get("resources", []) if each["mode"] == "managed"]


def _deployed(resources: Sequence[Mapping[str, Any]]) -> Iterator[Deployed]:
    where = _where(resources)
    for each in resources:
        place = _BY_ADDRESS.get(f"{each['type']}.{each['name']}")
        if place is None or each["type"] in NOT_IMPORTABLE:
            continue
        shared = place.file == "instance_role"
        if shared or where:
            yield Deployed(place=place, id=_id(each), where=None if shared else where)


def _where(resources: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    for each in resources:
        arn = _ARN.match(str(each["values"].get("arn")))
        name = each["values"].get("association_name")
        if arn and name:
            return name.rpartition("-")[2], arn[1]
    return None


def _id(resource: Mapping[str, Any]) -> str:
    values = resource["values"]
    if resource["type"] == "aws_iam_role_policy_attachment":
        return f"{values['role']}/{values['policy_arn']}"
    return str(values["id"])
