"""What is done for each kind of request."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from . import overrides_file
from .errors import UnusableBaselinesError
from .event import Request, RequestType
from .overrides_object import KEY, OverridesObject
from .patch_baselines import Chosen, read_baselines

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_ssm.client import SSMClient

    from .patience import Patience

logger = logging.getLogger(__name__)
Summary = dict[str, object]


def serve(request: Request, *, ssm: SSMClient, s3: S3Client, patience: Patience) -> Summary:
    """Do what the request asks for; returns what was done, as the invocation's result.

    Raises:
        BaselineOverridesError: of the kind that fits; its message says what is left undone.
    """
    target = OverridesObject(s3=s3, bucket=request.bucket)
    if request.type is RequestType.DELETE:
        deleted = target.delete_all_versions()
        logger.info("%s: %d versions deleted", target.url, deleted)
        return {"Bucket": target.bucket, "Key": KEY, "DeletedVersions": deleted}
    chosen = patience.call(lambda: read_baselines(ssm, request.baseline_ids))
    keeps_survivors = request.type is RequestType.REMEDIATE and chosen.baselines
    if chosen.problems and not keeps_survivors:
        raise UnusableBaselinesError(chosen.problems, f"{target.url} stays as it is.")
    summary = patience.call(lambda: _write(target, chosen))
    if chosen.problems:
        outcome = f"{target.url} holds the other {len(chosen.baselines)} alone."
        raise UnusableBaselinesError(chosen.problems, outcome)
    return summary


def _write(target: OverridesObject, chosen: Chosen) -> Summary:
    """Make the object hold the baselines: a new version only where the content changes."""
    body = overrides_file.compose(chosen.baselines)
    overrides_file.check(body)
    current = target.current()
    unchanged = current is not None and current.body == body
    version_id = current.version_id if current and unchanged else target.write(body)
    logger.info(
        "%s: %s, version %s", target.url, "unchanged" if unchanged else "written", version_id
    )
    return {
        "Bucket": target.bucket,
        "Key": KEY,
        "OperatingSystems": [baseline["OperatingSystem"] for baseline in chosen.baselines],
        "VersionId": version_id,
        "Written": not unchanged,
    }
