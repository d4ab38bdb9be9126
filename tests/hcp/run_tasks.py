"""The part of HCP Terraform's API that a run task meets; it refuses what HCP Terraform refuses.

Sources, pages of developer.hashicorp.com/terraform/cloud-docs: "Run tasks integration API" (the
delivery, its signature, the callback and its errors), "Plans API reference" (the redirect to an
address that holds for a minute), and "API overview" (media type, error objects).
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import hmac
import json
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from jsonschema import Draft202012Validator
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

MEDIA_TYPE = "application/vnd.api+json"
FINAL = ("passed", "failed")
_SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parent / "callback.schema.json").read_text(encoding="utf-8"))
)
_STEP = 1 << 18


@dataclass(kw_only=True)
class TaskRun:
    """A run that waits for its task: what it answers, and what it was told.

    `plan_statuses` and `callback_statuses` are answered first, one each time; `retry_after` goes
    with the former. `redirect` replaces the address of the plan's storage. `pause` seconds pass
    before each piece of the plan. `compressed` is in one gzip member, or in two.
    """

    number: int
    plan: bytes
    plan_statuses: list[int] = field(default_factory=list)
    callback_statuses: list[int] = field(default_factory=list)
    redirect: str | None = None
    pause: float = 0
    compressed: int = 0
    retry_after: str | None = None
    broken_off: bool = False
    spelled_as_it_is: bool = False
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    delivered_at: float = 0
    archive_headers: list[dict[str, str]] = field(default_factory=list)
    archive_queries: list[str] = field(default_factory=list)
    plan_read_times: list[float] = field(default_factory=list)
    final: threading.Event = field(default_factory=threading.Event)

    @property
    def plan_reads(self) -> int:
        return len(self.plan_read_times)

    @property
    def token(self) -> str:
        return f"{self.number:04}.atlasv1.{hashlib.sha256(str(self.number).encode()).hexdigest()}"

    @property
    def result(self) -> dict[str, Any]:
        """The final callback's data; the test fails where there is none within a minute."""
        assert self.final.wait(60), f"run {self.number} has no result: {self.callbacks}"
        data: dict[str, Any] = self.callbacks[-1]["data"]
        return data

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        relationships = self.result.get("relationships", {"outcomes": {"data": []}})
        return [each["attributes"] for each in relationships["outcomes"]["data"]]


class RunTasks:
    """HCP Terraform for run tasks; `address` and `storage` are set when both are served."""

    def __init__(self) -> None:
        self.runs: dict[int, TaskRun] = {}
        self.address = self.storage = ""
        self.callback_requests = 0

    def new_run(self, plan: object, **behaviour: Any) -> TaskRun:
        content = plan if isinstance(plan, bytes) else json.dumps(plan).encode()
        run = TaskRun(number=len(self.runs) + 1, plan=content, **behaviour)
        self.runs[run.number] = run
        return run

    def delivery(self, run: TaskRun, **other: Any) -> bytes:
        """The body that HCP Terraform posts to the task, with other values for some members."""
        base = f"{self.address}/api/v2"
        content = {
            "payload_version": 1,
            "stage": "post_plan",
            "access_token": run.token,
            "capabilities": {"outcomes": True},
            "is_speculative": False,
            "organization_name": "acme",
            "plan_json_api_url": f"{base}/plans/plan-{run.number}/json-output",
            "run_app_url": f"{self.address}/app/acme/patching/runs/run-{run.number}",
            "run_id": f"run-{run.number}",
            "run_message": "Triggered via CLI",
            "task_result_callback_url": f"{base}/task-results/{run.number}/callback",
            "task_result_enforcement_level": "mandatory",
            "task_result_id": f"taskrs-{run.number}",
            "vcs_pull_request_url": None,
            "workspace_id": "ws-1",
            "workspace_name": "patch-policy-a1b2c-eu-west-1",
            "workspace_working_directory": "",
        }
        run.delivered_at = monotonic()
        return json.dumps(content | other).encode()

    def api(self) -> Starlette:
        """What is at app.terraform.io."""
        return Starlette(
            routes=[
                Route("/api/v2/plans/plan-{number:int}/json-output", self._plan),
                Route(
                    "/api/v2/task-results/{number:int}/callback",
                    self._callback,
                    methods=["PATCH"],
                ),
            ]
        )

    def archive(self) -> Starlette:
        """What is at archivist.terraform.io."""
        return Starlette(routes=[Route("/v1/object/{number:int}", self._object)])

    async def _plan(self, request: Request) -> Response:
        run = self._run(request)
        if run is None:
            return _error(404, "not found")
        run.plan_read_times.append(monotonic())
        if run.plan_statuses:
            headers = {"Retry-After": run.retry_after} if run.retry_after else {}
            return Response(status_code=run.plan_statuses.pop(0), headers=headers)
        target = run.redirect or f"{self.storage}/v1/object/{run.number}?signature=secret"
        if run.spelled_as_it_is:
            return Response(status_code=307, headers={"Location": target})
        return RedirectResponse(target, status_code=307)

    async def _object(self, request: Request) -> Response:
        run = self.runs[request.path_params["number"]]
        run.archive_headers.append(dict(request.headers))
        run.archive_queries.append(request.url.query)
        if "authorization" in request.headers:
            return Response("only one way to authenticate is allowed", status_code=400)
        content = run.plan
        if run.compressed:
            size = -(-len(content) // run.compressed) or 1
            members = range(0, len(content), size)
            content = b"".join(gzip.compress(content[start : start + size]) for start in members)
        headers = {"Content-Encoding": "gzip"} if run.compressed else {}
        headers["Content-Length"] = str(len(content))
        pieces = self._pieces(run, content)
        return StreamingResponse(pieces, headers=headers, media_type="application/json")

    async def _pieces(self, run: TaskRun, content: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(content), _STEP):
            await asyncio.sleep(run.pause)
            if run.broken_off:
                raise ConnectionResetError  # uvicorn ends the connection
            yield content[start : start + _STEP]

    async def _callback(self, request: Request) -> Response:
        self.callback_requests += 1
        run = self._run(request)
        if run is None:
            return _error(401, "unauthorized")
        if run.callback_statuses:
            return Response(status_code=run.callback_statuses.pop(0))
        if request.headers.get("content-type") != MEDIA_TYPE:
            return _error(415, f"the media type is not {MEDIA_TYPE}")
        content = await request.json()
        problems: Sequence[str] = [each.message[:300] for each in _SCHEMA.iter_errors(content)]
        if run.final.is_set():
            problems = ["the task result is final"]
        if problems:
            return _error(422, *problems)
        run.callbacks.append(content)
        run.times.append(monotonic() - run.delivered_at)
        if content["data"]["attributes"]["status"] in FINAL:
            run.final.set()
        return JSONResponse({}, media_type=MEDIA_TYPE)

    def _run(self, request: Request) -> TaskRun | None:
        run = self.runs.get(request.path_params["number"])
        given = request.headers.get("authorization")
        return run if run and given == f"Bearer {run.token}" else None


def signature(body: bytes, key: str) -> str:
    return hmac.new(key.encode(), body, hashlib.sha512).hexdigest()


def _error(status: int, *details: str) -> Response:
    errors = [{"status": str(status), "detail": detail} for detail in details]
    return JSONResponse({"errors": errors}, status, media_type=MEDIA_TYPE)
