"""The chosen patch baselines, as Patch Manager has them now."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import AwsCallError, aws_call

if TYPE_CHECKING:
    from mypy_boto3_ssm.client import SSMClient

# Enough to read all 15 operating systems in three rounds, and few enough not to be throttled.
MAX_CONCURRENT_CALLS = 5

Baseline = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What Patch Manager has of the choice; `problems` names each baseline that cannot be used."""

    baselines: tuple[Baseline, ...]
    problems: tuple[str, ...]


def read_baselines(ssm: SSMClient, baseline_ids: Mapping[str, str]) -> Chosen:
    """Read the baselines at the same time; the result is in the order of the choice.

    Raises:
        AwsCallError: where a call fails for any reason but that the baseline does not exist.
    """

    def read(choice: tuple[str, str]) -> Baseline | str:
        return _read(ssm, *choice)

    with ThreadPoolExecutor(max_workers=MAX_CONCURRENT_CALLS) as pool:
        answers = list(pool.map(read, baseline_ids.items()))
    return Chosen(
        baselines=tuple(answer for answer in answers if not isinstance(answer, str)),
        problems=tuple(answer for answer in answers if isinstance(answer, str)),
    )


def _read(ssm: SSMClient, operating_system: str, baseline_id: str) -> Baseline | str:
    """The baseline, or one sentence on why it cannot be used."""
    try:
        with aws_call("ssm:GetPatchBaseline", f"{baseline_id} ({operating_system})"):
            baseline = ssm.get_patch_baseline(BaselineId=baseline_id)
    except AwsCallError as error:
        if error.code != "DoesNotExistException":
            raise
        return (
            f"{operating_system}: the patch baseline {baseline_id} does not exist"
            f" in {ssm.meta.region_name}"
        )
    actual = baseline.get("OperatingSystem")
    if actual != operating_system:
        return f"{operating_system}: the patch baseline {baseline_id} is for {actual}"
    return baseline
