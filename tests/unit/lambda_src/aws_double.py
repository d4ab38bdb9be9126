"""AWS as the function meets it: moto's S3, a Patch Manager, and faults in front of both.

Faults are answers on the wire, so boto3's own retries and error classes are what is tested.
"""

from __future__ import annotations

import io
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HTTPHeaders
from botocore.client import BaseClient
from moto.core.models import botocore_stubber

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_ssm.client import SSMClient

BUCKET = "aws-quicksetup-patchpolicy-111122223333-a1b2c"
KEY = "baseline_overrides.json"
Baseline = dict[str, Any]
Event = dict[str, Any]


Answer = Callable[[AWSPreparedRequest], AWSResponse | None]


@dataclass
class Clock:
    """Time that passes only where somebody sleeps."""

    now: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def read(self) -> float:
        return self.now


@dataclass(frozen=True)
class Context:
    """What AWS Lambda tells an invocation about itself."""

    seconds_left: float = 300

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds_left * 1000)


class _Raw(io.BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


def answer(status: int, body: str, content_type: str = "application/json") -> AWSResponse:
    headers = HTTPHeaders.from_pairs([("content-type", content_type)])
    return AWSResponse("https://aws.example", status, headers, _Raw(body.encode()))


def refusal(status: int, code: str) -> Answer:
    """An error in the protocol of the service that was asked."""

    def refuse(request: AWSPreparedRequest) -> AWSResponse:
        if "X-Amz-Target" in request.headers:
            return answer(status, json.dumps({"__type": code, "message": "no"}))
        xml = f"<Error><Code>{code}</Code><Message>no</Message></Error>"
        return answer(status, xml, "application/xml")

    return refuse


def _swap(client: BaseClient, old: Any, new: Any) -> None:
    client.meta.events.unregister("before-send", old)
    client.meta.events.register("before-send", new)


def moto(request: AWSPreparedRequest) -> AWSResponse | None:
    """Moto's own answer."""
    response: AWSResponse | None = botocore_stubber(event_name="before-send", request=request)
    return response


class AwsDouble:
    """The two services, with one bucket; `baselines` is what Patch Manager has."""

    def __init__(self, ssm: SSMClient, s3: S3Client) -> None:
        self.s3 = s3
        self._clients: tuple[BaseClient, ...] = (ssm, s3)
        self.baselines: dict[str, Baseline] = {}
        self.calls: Counter[str] = Counter()
        self.always: dict[str, Answer] = {"GetPatchBaseline": self._get_patch_baseline}
        self._once: dict[str, list[Answer]] = defaultdict(list)
        s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})

    @contextmanager
    def answering(self) -> Iterator[AwsDouble]:
        """Stand between the clients and moto, which would act on a refused request too."""
        handlers: tuple[Any, Any] = (botocore_stubber, self._before_send)
        for client in self._clients:
            _swap(client, *handlers)
        yield self
        for client in self._clients:
            _swap(client, *reversed(handlers))

    def once(self, operation: str, *answers: Answer) -> None:
        """Let the next calls of an operation get these answers, one each."""
        self._once[operation] += answers

    def add_baseline(self, operating_system: str, **fields: object) -> str:
        """A custom patch baseline; returns its ID."""
        baseline_id = f"pb-{len(self.baselines) + 1:017x}"
        self.baselines[baseline_id] = {
            "BaselineId": baseline_id,
            "OperatingSystem": operating_system,
            **fields,
        }
        return baseline_id

    def versions(self) -> list[str]:
        """The IDs of the object's versions."""
        listed = self.s3.list_object_versions(Bucket=BUCKET, Prefix=KEY)
        return [version["VersionId"] for version in listed.get("Versions", [])]

    def body(self) -> bytes:
        return self.s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read()

    def _before_send(
        self, request: AWSPreparedRequest, event_name: str, **_: object
    ) -> AWSResponse | None:
        operation = event_name.rpartition(".")[2]
        self.calls[operation] += 1
        if self._once[operation]:
            return self._once[operation].pop(0)(request)
        if operation in self.always:
            return self.always[operation](request)
        return moto(request)

    def _get_patch_baseline(self, request: AWSPreparedRequest) -> AWSResponse | None:
        assert isinstance(request.body, bytes)
        baseline_id = json.loads(request.body)["BaselineId"]
        if baseline_id not in self.baselines:
            return refusal(400, "DoesNotExistException")(request)
        return answer(200, json.dumps(self.baselines[baseline_id]))


def event(request_type: str, baseline_ids: dict[str, str], bucket: str = BUCKET) -> Event:
    """An event as Quick Setup's console would choose the baselines."""
    chosen = {
        name: {"value": value, "label": name, "description": "", "disabled": False}
        for name, value in baseline_ids.items()
    }
    properties = {"BucketName": bucket, "PatchBaselines": chosen}
    return {"RequestType": request_type, "ResourceProperties": properties}
