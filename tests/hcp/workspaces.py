"""The part of HCP Terraform's API that a CLI-driven run meets; runs plan with the real Terraform.

Sources, pages of developer.hashicorp.com/terraform/cloud-docs: "API overview" (JSON:API, tokens,
error objects), "Workspaces", "Projects", "Configuration versions", "Runs", "Plans", "Run task
stages and results". That Terraform asks for `ping` with the header TFP-API-Version, for the
entitlements, and for logs in pieces between the characters STX and ETX is seen with 1.11.4.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.hcp import execution
from tests.hcp.run_tasks import MEDIA_TYPE, RunTasks, TaskRun, signature

HEADERS = {"TFP-API-Version": "2.6", "TFP-AppName": "HCP Terraform"}
TOKEN = "user.atlasv1.the-token-of-the-one-at-the-terminal"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,90}")

Attributes = Mapping[str, Any]


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
class Workspaces(RunTasks):
    """An organization's workspaces. `task` is where a run task listens, with its key."""

    folder: Path
    environment: Mapping[str, str]
    organization: str = "acme"
    task: tuple[str, str] | None = None
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    remote_runs: list[RemoteRun] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def api(self) -> Starlette:
        """What a run task meets, and what Terraform does."""
        org = f"/api/v2/organizations/{self.organization}"
        table: dict[str, dict[str, Callable[[Request], Awaitable[Response]]]] = {
            "/api/v2/ping": {"GET": self._ping},
            f"{org}/entitlement-set": {"GET": self._entitlements},
            f"{org}/projects": {"GET": self._projects},
            f"{org}/workspaces": {"GET": self._list, "POST": self._create},
            f"{org}/workspaces/{{name}}": {"GET": self._read_by_name},
            "/api/v2/workspaces/{id}": {"GET": self._read_by_id},
            "/api/v2/workspaces/{id}/current-state-version": {"GET": self._nothing},
            "/api/v2/workspaces/{id}/relationships/tags": {"POST": self._done},
            "/api/v2/workspaces/{id}/configuration-versions": {"POST": self._new_version},
            "/api/v2/configuration-versions/{id}": {"GET": self._version},
            "/api/v2/runs": {"POST": self._new_run},
            "/api/v2/runs/{id}": {"GET": self._run_of},
            "/api/v2/runs/{id}/run-events": {"GET": self._empty},
            "/api/v2/plans/{id:str}": {"GET": self._plan_of},
            "/api/v2/task-stages/{id}": {"GET": self._stage_of},
        }
        routes = [
            Route(path, self._checked(handler), methods=[method])
            for path, methods in table.items()
            for method, handler in methods.items()
        ]
        return Starlette(routes=[*super().api().routes, *routes])

    def archive(self) -> Starlette:
        """Uploads and logs besides plans; their addresses are secrets, so they need no token."""
        return Starlette(
            routes=[
                Route("/v1/upload/{id}", self._upload, methods=["PUT"]),
                Route("/v1/log/{id}", self._log),
                *super().archive().routes,
            ]
        )

    def _checked(
        self, handler: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def check(request: Request) -> Response:
            self.requests.append(f"{request.method} {request.url.path}")
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                return _errors(401, "unauthorized")
            return await handler(request)

        return check

    async def _ping(self, _: Request) -> Response:
        return Response(status_code=204, headers=HEADERS)

    async def _nothing(self, _: Request) -> Response:
        return _errors(404, "not found")

    async def _done(self, _: Request) -> Response:
        return Response(status_code=204)

    async def _empty(self, _: Request) -> Response:
        return _many([])

    async def _entitlements(self, _: Request) -> Response:
        allowed = ("operations", "state-storage", "run-tasks", "teams", "vcs-integrations")
        return _one("entitlement-sets", "org-1", dict.fromkeys(allowed, True))

    async def _projects(self, request: Request) -> Response:
        names = request.query_params.get("filter[names]", "Default Project").split(",")
        return _many([_resource("projects", f"prj-{each}", {"name": each}) for each in names])

    async def _list(self, request: Request) -> Response:
        wanted = set(filter(None, request.query_params.get("search[tags]", "").split(",")))
        found = [each for each in self.workspaces.values() if wanted <= set(each.tags)]
        return _many([_workspace(each) for each in found])

    async def _create(self, request: Request) -> Response:
        data = (await request.json())["data"]
        name = data["attributes"]["name"]
        if not _NAME.fullmatch(name) or name in self.workspaces:
            return _errors(422, "Name is invalid, or taken")
        project = data.get("relationships", {}).get("project", {}).get("data", {})
        self.workspaces[name] = Workspace(name=name, project=project.get("id"), tags=[])
        return JSONResponse({"data": _workspace(self.workspaces[name])}, 201, HEADERS, MEDIA_TYPE)

    async def _read_by_name(self, request: Request) -> Response:
        found = self.workspaces.get(request.path_params["name"])
        return _body(_workspace(found)) if found else await self._nothing(request)

    async def _read_by_id(self, request: Request) -> Response:
        return _body(_workspace(self._workspace(request)))

    def _workspace(self, request: Request) -> Workspace:
        return self.workspaces[request.path_params["id"].removeprefix("ws-")]

    async def _new_version(self, request: Request) -> Response:
        workspace = self._workspace(request)
        attributes = (await request.json())["data"]["attributes"]
        id_ = f"cv-{workspace.name}-{len(self.uploads)}"
        self.uploads[id_] = b""
        known = attributes | {"status": "pending", "upload-url": f"{self.storage}/v1/upload/{id_}"}
        return _one("configuration-versions", id_, known, 201)

    async def _upload(self, request: Request) -> Response:
        if "authorization" in request.headers:
            return Response("only one way to authenticate is allowed", status_code=400)
        self.uploads[request.path_params["id"]] = await request.body()
        return Response(status_code=200)

    async def _version(self, request: Request) -> Response:
        id_ = request.path_params["id"]
        status = "uploaded" if self.uploads[id_] else "pending"
        return _one("configuration-versions", id_, {"status": status})

    async def _new_run(self, request: Request) -> Response:
        data = (await request.json())["data"]["relationships"]
        upload = self.uploads[data["configuration-version"]["data"]["id"]]
        name = data["workspace"]["data"]["id"].removeprefix("ws-")
        number = len(self.remote_runs) + 1
        run = RemoteRun(id=f"run-{number}", workspace=self.workspaces[name], upload=upload)
        self.remote_runs.append(run)
        self._working = asyncio.create_task(self._execute(run))
        return JSONResponse({"data": self._run_data(run)}, 201, HEADERS, MEDIA_TYPE)

    async def _execute(self, run: RemoteRun) -> None:
        directory = run.workspace.working_directory
        folder = self.folder / run.id
        planned = await asyncio.to_thread(
            execution.plan, run.upload, folder, directory, self.environment
        )
        if planned.document and self.task:
            run.task = self.new_run(planned.document)
            address, key = self.task
            body = self.delivery(run.task, run_id=run.id, workspace_name=run.workspace.name)
            headers = {"X-TFC-Task-Signature": signature(body, key)}
            async with httpx.AsyncClient(trust_env=False) as client:
                answer = await client.post(address, content=body, headers=headers)
                answer.raise_for_status()
        run.planned = planned

    async def _run_of(self, request: Request) -> Response:
        run = self._remote_run(request.path_params["id"])
        included = [self._stage(run)[0]] if self.task else []
        return _response({"data": self._run_data(run), "included": included})

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
        return _resource("runs", run.id, attributes, related)

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
        return _one("plans", id_, attributes)

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
        return _response({"data": stage, "included": [result]})

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
            _resource("task-stages", f"ts-{number}", stage, related),
            _resource("task-results", f"taskrs-{number}", task),
        )


def _workspace(workspace: Workspace) -> dict[str, Any]:
    permissions = ("can-queue-run", "can-queue-apply", "can-lock", "can-unlock", "can-update")
    attributes = {
        "name": workspace.name,
        "execution-mode": "remote",
        "operations": True,
        "locked": False,
        "terraform-version": "1.11.4",
        "working-directory": workspace.working_directory,
        "tag-names": workspace.tags,
        "permissions": dict.fromkeys(permissions, True),
    }
    related = {"organization": {"data": {"id": "acme", "type": "organizations"}}}
    return _resource("workspaces", workspace.id, attributes, related)


def _resource(
    type_: str, id_: str, attributes: Attributes, related: Attributes | None = None
) -> dict[str, Any]:
    return {
        "id": id_,
        "type": type_,
        "attributes": dict(attributes),
        "relationships": related or {},
    }


def _one(type_: str, id_: str, attributes: Attributes, status: int = 200) -> Response:
    return _response({"data": _resource(type_, id_, attributes)}, status)


def _body(data: Mapping[str, Any]) -> Response:
    return _response({"data": data})


def _many(data: list[dict[str, Any]]) -> Response:
    page = {"current-page": 1, "total-pages": 1, "total-count": len(data)}
    return _response({"data": data, "meta": {"pagination": page}})


def _response(content: Any, status: int = 200) -> Response:
    return JSONResponse(content, status, HEADERS, MEDIA_TYPE)


def _errors(status: int, detail: str) -> Response:
    return _response({"errors": [{"status": str(status), "title": detail}]}, status)
