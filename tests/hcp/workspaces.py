"""The part of HCP Terraform's API that CLI-driven and API-driven runs meet.

Sources, pages of developer.hashicorp.com/terraform/cloud-docs: "API overview" (JSON:API, tokens,
error objects), "Workspaces", "Projects", "Configuration versions", "Runs", "Plans", "Run task
stages and results". That Terraform asks for `ping` with the header TFP-API-Version, for the
entitlements, and for logs in pieces between the characters STX and ETX is seen with 1.11.4.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.hcp.json_api import HEADERS, body, errors, many, one, resource
from tests.hcp.remote_runs import RemoteRuns, Workspace
from tests.hcp.run_tasks import MEDIA_TYPE

TOKEN = "user.atlasv1.the-token-of-the-one-at-the-terminal"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,90}")


@dataclass(kw_only=True)
class Workspaces(RemoteRuns):
    """An organization with its workspaces, and every request that came with the token."""

    organization: str = "acme"
    requests: list[str] = field(default_factory=list)

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
            "/api/v2/runs/{id}/plan/json-output": {"GET": self._json_of},
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
                return errors(401, "unauthorized")
            return await handler(request)

        return check

    async def _ping(self, _: Request) -> Response:
        return Response(status_code=204, headers=HEADERS)

    async def _nothing(self, _: Request) -> Response:
        return errors(404, "not found")

    async def _done(self, _: Request) -> Response:
        return Response(status_code=204)

    async def _empty(self, _: Request) -> Response:
        return many([])

    async def _entitlements(self, _: Request) -> Response:
        allowed = ("operations", "state-storage", "run-tasks", "teams", "vcs-integrations")
        return one("entitlement-sets", "org-1", dict.fromkeys(allowed, True))

    async def _projects(self, request: Request) -> Response:
        names = request.query_params.get("filter[names]", "Default Project").split(",")
        return many([resource("projects", f"prj-{each}", {"name": each}) for each in names])

    async def _list(self, request: Request) -> Response:
        wanted = set(filter(None, request.query_params.get("search[tags]", "").split(",")))
        found = [each for each in self.workspaces.values() if wanted <= set(each.tags)]
        return many([_workspace(each) for each in found])

    async def _create(self, request: Request) -> Response:
        data = (await request.json())["data"]
        name = data["attributes"]["name"]
        if not _NAME.fullmatch(name) or name in self.workspaces:
            return errors(422, "Name is invalid, or taken")
        project = data.get("relationships", {}).get("project", {}).get("data", {})
        self.workspaces[name] = Workspace(name=name, project=project.get("id"), tags=[])
        return JSONResponse({"data": _workspace(self.workspaces[name])}, 201, HEADERS, MEDIA_TYPE)

    async def _read_by_name(self, request: Request) -> Response:
        found = self.workspaces.get(request.path_params["name"])
        return body(_workspace(found)) if found else await self._nothing(request)

    async def _read_by_id(self, request: Request) -> Response:
        return body(_workspace(self._workspace(request)))

    def _workspace(self, request: Request) -> Workspace:
        return self.workspaces[request.path_params["id"].removeprefix("ws-")]

    async def _new_version(self, request: Request) -> Response:
        workspace = self._workspace(request)
        attributes = (await request.json())["data"]["attributes"]
        id_ = f"cv-{workspace.name}-{len(self.uploads)}"
        self.uploads[id_] = b""
        known = attributes | {"status": "pending", "upload-url": f"{self.storage}/v1/upload/{id_}"}
        return one("configuration-versions", id_, known, 201)

    async def _upload(self, request: Request) -> Response:
        if "authorization" in request.headers:
            return Response("only one way to authenticate is allowed", status_code=400)
        self.uploads[request.path_params["id"]] = await request.body()
        return Response(status_code=200)

    async def _version(self, request: Request) -> Response:
        id_ = request.path_params["id"]
        status = "uploaded" if self.uploads[id_] else "pending"
        return one("configuration-versions", id_, {"status": status})


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
    return resource("workspaces", workspace.id, attributes, related)
