"""Documents of JSON:API, as HCP Terraform answers them ("API overview", "JSON API formatting")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from tests.hcp.run_tasks import MEDIA_TYPE

HEADERS = {"TFP-API-Version": "2.6", "TFP-AppName": "HCP Terraform"}
Attributes = Mapping[str, Any]


def resource(
    type_: str, id_: str, attributes: Attributes, related: Attributes | None = None
) -> dict[str, Any]:
    return {
        "id": id_,
        "type": type_,
        "attributes": dict(attributes),
        "relationships": related or {},
    }


def one(type_: str, id_: str, attributes: Attributes, status: int = 200) -> Response:
    return response({"data": resource(type_, id_, attributes)}, status)


def body(data: Mapping[str, Any]) -> Response:
    return response({"data": data})


def many(data: list[dict[str, Any]]) -> Response:
    page = {"current-page": 1, "total-pages": 1, "total-count": len(data)}
    return response({"data": data, "meta": {"pagination": page}})


def response(content: Any, status: int = 200) -> Response:
    return JSONResponse(content, status, HEADERS, MEDIA_TYPE)


def errors(status: int, detail: str) -> Response:
    return response({"errors": [{"status": str(status), "title": detail}]}, status)
