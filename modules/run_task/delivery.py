"""What HCP Terraform delivers when a run reaches the task.

Source: "Run tasks integration API", "Request Body". Members that the service does not need are
ignored, so that later ones do no harm.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from modules.run_task.addresses import Origin

TEST_TOKEN: Final = "test-token"  # noqa: S105 - HCP Terraform's own, which is never valid
STAGES_WITH_PLAN: Final = ("post_plan", "pre_apply", "post_apply")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,4096}")
_SHOWN = 128


class DeliveryError(Exception):
    """A signed body that is not a delivery, or that the service refuses; names no secret."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One run at one stage; the token and the addresses appear in no representation of it."""

    token: str = field(repr=False)
    task_result_id: str
    run_id: str
    workspace: str
    organization: str
    stage: str
    callback_url: str = field(repr=False)
    plan_url: str | None = field(repr=False)
    takes_outcomes: bool

    @property
    def is_test(self) -> bool:
        """Whether HCP Terraform only tries whether the service is there."""
        return self.token == TEST_TOKEN

    @property
    def log_fields(self) -> dict[str, str]:
        """What a log may say of it."""
        return {
            "task_result_id": self.task_result_id,
            "run_id": self.run_id,
            "organization": self.organization,
            "workspace": self.workspace,
            "stage": self.stage,
        }


def parse_delivery(body: bytes, origin: Origin) -> Delivery:
    """The delivery of a signed body; DeliveryError says what is wrong with it."""
    content = _content(body)
    token = content.get("access_token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise DeliveryError("found no access_token that can be a token")
    if token == TEST_TOKEN:
        return _delivery(content, token, "", None)
    if content.get("payload_version") != 1:
        raise DeliveryError("found a payload_version other than 1")
    if not _text(content, "task_result_id"):
        raise DeliveryError("found no task_result_id")
    callback = _address(content, "task_result_callback_url", origin)
    plan = None
    if content.get("stage") in STAGES_WITH_PLAN:
        plan = _address(content, "plan_json_api_url", origin)
    return _delivery(content, token, callback, plan)


def _content(body: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise DeliveryError("found something that is not JSON") from None
    if not isinstance(content, dict):
        raise DeliveryError("found JSON that is not an object")
    return content


def _address(content: Mapping[str, Any], name: str, origin: Origin) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not origin.covers(value):
        raise DeliveryError(f"found a {name} that is not an address of {origin}")
    return value


def _delivery(content: Mapping[str, Any], token: str, callback: str, plan: str | None) -> Delivery:
    capabilities = content.get("capabilities")
    return Delivery(
        token=token,
        task_result_id=_text(content, "task_result_id"),
        run_id=_text(content, "run_id"),
        workspace=_text(content, "workspace_name"),
        organization=_text(content, "organization_name"),
        stage=_text(content, "stage"),
        callback_url=callback,
        plan_url=plan,
        takes_outcomes=isinstance(capabilities, dict) and capabilities.get("outcomes") is True,
    )


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    return value[:_SHOWN] if isinstance(value, str) else ""
