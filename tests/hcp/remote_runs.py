"""Runs in HCP Terraform: each plans with the real Terraform, and lets its task review the plan.

Sources, pages of developer.hashicorp.com/terraform/cloud-docs: "Runs", "Run states and stages",
"Plans", "Run task stages and results". That Terraform asks for logs in pieces between the
characters STX and ETX is seen with 1.11.4.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from tests.hcp import execution
from tests.hcp.json_api import HEADERS, Attributes, one, resource, response
from tests.hcp.run_tasks import MEDIA_TYPE, RunTasks, TaskRun, signature


@dataclass(kw_only=True)
class Workspace:
    """A workspace of remote execution."""

    name: str
    project: str | None
    tags: list[str]
    working_directory: str = ""

    @property
    def id(self) -> str:
        return f"ws-{self.name}"


@dataclass(kw_only=True)
class RemoteRun:
    """A run: what was uploaded, what it planned, and what its task said."""

    id: str
    workspace: Workspace
    upload: bytes
    planned: execution.Planned | None = None
    task: TaskRun | None = None

    @property
    def status(self) -> str:
        """The run's state, as "Run states and stages" names it."""
        if self.planned is None:
            return "planning"
        if not self.planned.document:
            return "errored"
        if self.task and not self.task.final.is_set():
            return "post_plan_running"
        return "planned_and_finished"


@dataclass(kw_only=True)
class RemoteRuns(RunTasks):
    """All runs. `task` is where a run task listens, with its key."""

    folder: Path
    environment: Mapping[str, str]
    task: tuple[str, str] | None = None
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    remote_runs: list[RemoteRun] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def _new_run(self, request: Request) -> Response:
        data = (await request.json())["data"]["relationships"]
        upload = self.uploads[data["configuration-version"]["data"]["id"]]
        name = data["workspace"]["data"]["id"].removeprefix("ws-")
        run = self.begin(self.workspaces[name], upload)
        self._working = asyncio.create_task(self.execute(run))
        return JSONResponse({"data": self._run_data(run)}, 201, HEADERS, MEDIA_TYPE)

    def begin(self, workspace: Workspace, upload: bytes) -> RemoteRun:
        """A run of what was uploaded, or of what HCP Terraform fetched from a repository."""
        run = RemoteRun(id=f"run-{len(self.remote_runs) + 1}", workspace=workspace, upload=upload)
        self.remote_runs.append(run)
        return run

    async def execute(self, run: RemoteRun, **delivered: object) -> None:
        """Plan, and call the task, with other values for some members of the delivery."""
        directory = run.workspace.working_directory
        folder = self.folder / run.id
        planned = await asyncio.to_thread(
            execution.plan, run.upload, folder, directory, self.environment
        )
        if planned.document and self.task:
            run.task = self.new_run(planned.document)
            address, key = self.task
            known = {"run_id": run.id, "workspace_name": run.workspace.name}
            content = self.delivery(run.task, **known, **delivered)
            headers = {"X-TFC-Task-Signature": signature(content, key)}
            async with httpx.AsyncClient(trust_env=False) as client:
                answer = await client.post(address, content=content, headers=headers)
                answer.raise_for_status()
        run.planned = planned

    async def _run_of(self, request: Request) -> Response:
        run = self._remote_run(request.path_params["id"])
        included = [self._stage(run)[0]] if self.task else []
        return response({"data": self._run_data(run), "included": included})

    def _remote_run(self, id_: str) -> RemoteRun:
        return self.remote_runs[int(id_.rpartition("-")[2]) - 1]

    def _run_data(self, run: RemoteRun) -> dict[str, Any]:
        actions = {"is-cancelable": False, "is-confirmable": False, "is-discardable": False}
        permissions = {"can-apply": True, "can-cancel": True, "can-discard": True}
        attributes = {
            "status": run.status,
            "actions": actions,
            "permissions": permissions,
            "has-changes": bool(run.planned and any(run.planned.counts.values())),
            "plan-only": True,
            "is-destroy": False,
        }
        number = run.id.rpartition("-")[2]
        stages = [{"id": f"ts-{number}", "type": "task-stages"}] if self.task else []
        related = {
            "plan": {"data": {"id": f"plan-for-{number}", "type": "plans"}},
            "workspace": {"data": {"id": run.workspace.id, "type": "workspaces"}},
            "task-stages": {"data": stages},
        }
        return resource("runs", run.id, attributes, related)

    async def _json_of(self, request: Request) -> Response:
        """For those who may administer the workspace; 204 as long as there is no plan."""
        run = self._remote_run(request.path_params["id"])
        if run.planned is None or run.task is None:
            return Response(status_code=204)
        target = f"{self.storage}/v1/object/{run.task.number}?signature=secret"
        return RedirectResponse(target, status_code=307)

    async def _plan_of(self, request: Request) -> Response:
        id_ = request.path_params["id"]
        planned = self._remote_run(id_).planned
        counts = planned.counts if planned else {}
        attributes = {
            "status": "finished"
            if planned and planned.document
            else "errored"
            if planned
            else "running",
            "has-changes": any(counts.values()),
            "resource-additions": counts.get("create", 0),
            "resource-changes": counts.get("update", 0),
            "resource-destructions": counts.get("delete", 0),
            "log-read-url": f"{self.storage}/v1/log/{id_}",
        }
        return one("plans", id_, attributes)

    async def _log(self, request: Request) -> Response:
        """The log from an offset; nothing as long as it goes on."""
        planned = self._remote_run(request.path_params["id"]).planned
        if planned is None:
            return PlainTextResponse("")
        text = f"\x02{planned.log}\x03".encode()
        offset = int(request.query_params.get("offset", "0"))
        limit = int(request.query_params.get("limit", "65536"))
        return Response(text[offset : offset + limit], media_type="text/plain")

    async def _stage_of(self, request: Request) -> Response:
        stage, result = self._stage(self._remote_run(request.path_params["id"]))
        return response({"data": stage, "included": [result]})

    def _stage(self, run: RemoteRun) -> tuple[dict[str, Any], dict[str, Any]]:
        """The run's post-plan stage, and the result of its one task, which is advisory."""
        number = run.id.rpartition("-")[2]
        told: Attributes = {"status": "running", "message": ""}
        if run.task and run.task.final.is_set():
            told = run.task.result["attributes"]
        over = told["status"] != "running"
        task = {
            "status": told["status"],
            "message": told["message"],
            "task-name": "patch-policy",
            "workspace-task-enforcement-level": "advisory",
        }
        stage = {"stage": "post_plan", "status": "passed" if over else "running"}
        results = [{"id": f"taskrs-{number}", "type": "task-results"}]
        related = {"task-results": {"data": results}}
        return (
            resource("task-stages", f"ts-{number}", stage, related),
            resource("task-results", f"taskrs-{number}", task),
        )
