"""A region with tens of thousands of tagged nodes, fast enough to test with.

Each answer and each request is checked against botocore's model of the operation, the first few
times that it is made. A call takes 100 milliseconds of the region's own clock.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.model import ServiceModel, StructureShape
from botocore.session import Session, get_session
from botocore.validate import ParamValidator

Data = dict[str, Any]

SECONDS_PER_CALL = 0.1
ARN = "arn:aws:ssm:eu-west-1:111122223333:managed-instance/"


def error(operation: str, code: str, message: str = "No.") -> ClientError:
    """The error as boto3 raises it."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class FakeRegion:
    """EC2 instances and hybrid nodes, their tags, and resource groups."""

    def __init__(self) -> None:
        self.instances: dict[str, dict[str, str]] = {}
        self.nodes: dict[str, dict[str, str]] = {}
        self.groups: dict[str, Sequence[str]] = {}
        self.calls: Counter[str] = Counter()
        self.now = 1000.0
        self.gone: set[str] = set()
        self.refuse_untagging: set[str] = set()
        self.fail_second_call_of = ""
        self.failures: dict[str, list[ClientError]] = {}
        self._rest: dict[str, list[Data]] = {}

    def client(self, service: str, **options: object) -> FakeClient:
        """In boto3.client's place."""
        return FakeClient(self, service)

    def call(self, service: str, operation: str, request: Data) -> Data:
        """One call of an operation, timed, counted and checked."""
        self.calls[operation] += 1
        self.now += SECONDS_PER_CALL
        if operation == self.fail_second_call_of and self.calls[operation] == 2:
            raise error(operation, "AccessDenied")
        if self.failures.get(operation):
            raise self.failures[operation].pop(0)
        answer: Data = getattr(self, f"_{xform_name(operation)}")(request)
        if self.calls[operation] <= 2:
            model = _model(service).operation_model(operation)
            _check(request, model.input_shape)
            _check(answer, model.output_shape)
        return answer

    def _describe_tags(self, request: Data) -> Data:
        wanted = {item["Name"]: item["Values"][0] for item in request["Filters"]}
        found = (
            {"ResourceId": name, "ResourceType": "instance", "Key": key, "Value": value}
            for name, tags in self.instances.items()
            for key, value in tags.items()
            if _like(wanted.get("key", "*"), key)
            and _like(wanted.get("value", "*"), value)
            and wanted.get("resource-id", name) == name
        )
        return self._page(found, "Tags", request.get("MaxResults", 1000), request)

    def _delete_tags(self, request: Data) -> Data:
        gone = [name for name in request["Resources"] if name in self.gone]
        if gone:
            message = f"The instance IDs '{', '.join(gone)}' do not exist"
            raise error("DeleteTags", "InvalidInstanceID.NotFound", message)
        for name in request["Resources"]:
            for tag in request["Tags"]:
                self.instances[name].pop(tag["Key"], None)
        return {}

    def _get_resources(self, request: Data) -> Data:
        assert request["ResourceTypeFilters"] == ["ssm:managed-instance"]
        found = (
            {"ResourceARN": ARN + name, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}
            for name, tags in self.nodes.items()
            if request["TagFilters"][0]["Key"] in tags
        )
        request = request | {"NextToken": request.get("PaginationToken", "")}
        page = self._page(found, "ResourceTagMappingList", request["ResourcesPerPage"], request)
        return {"PaginationToken": page.pop("NextToken", "")} | page

    def _untag_resources(self, request: Data) -> Data:
        failed = {}
        for arn in request["ResourceARNList"]:
            name = arn.removeprefix(ARN)
            if name in self.refuse_untagging | self.gone:
                failed[arn] = {"StatusCode": 500, "ErrorCode": "InternalServiceException"}
            else:
                self._remove_tags_from_resource({"ResourceId": name, **request})
        return {"FailedResourcesMap": failed}

    def _list_tags_for_resource(self, request: Data) -> Data:
        tags = self.nodes[request["ResourceId"]]
        return {"TagList": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def _remove_tags_from_resource(self, request: Data) -> Data:
        if request["ResourceId"] in self.gone:
            raise NodeIsGoneError(
                {"Error": {"Code": "InvalidResourceId"}}, "RemoveTagsFromResource"
            )
        for key in request["TagKeys"]:
            self.nodes[request["ResourceId"]].pop(key, None)
        return {}

    def _list_group_resources(self, request: Data) -> Data:
        if request["Group"] not in self.groups:
            raise error("ListGroupResources", "NotFoundException")
        members = (
            {"Identifier": {"ResourceArn": f"arn:aws:x:eu-west-1:111122223333:node/{name}"}}
            for name in self.groups[request["Group"]]
        )
        return self._page(members, "Resources", request["MaxResults"], request)

    def _describe_instance_information(self, request: Data) -> Data:
        assert [item["Key"] for item in request["Filters"]] == ["InstanceIds"]
        node_id = request["Filters"][0]["Values"][0]
        if node_id not in self.nodes:
            return {"InstanceInformationList": []}
        role = self.nodes[node_id].get("IamRole")
        node = {"InstanceId": node_id, "ResourceType": "ManagedInstance"}
        return {"InstanceInformationList": [node | ({"IamRole": role} if role else {})]}

    def _page(self, found: Iterable[Data], key: str, size: int, request: Data) -> Data:
        """The next items; what is left is kept under a new token."""
        token = request.get("NextToken")
        items = self._rest.pop(token) if token else list(found)
        page, rest = items[:size], items[size:]
        if not rest:
            return {key: page}
        self._rest[str(self.calls.total())] = rest
        return {key: page, "NextToken": str(self.calls.total())}


class NodeIsGoneError(ClientError):
    """Stands for the modelled exception InvalidResourceId of the ssm client."""


class _Exceptions:
    InvalidResourceId = NodeIsGoneError


class FakeClient:
    """Methods and paginators by boto3's names."""

    exceptions = _Exceptions

    def __init__(self, region: FakeRegion, service: str) -> None:
        self._region = region
        self._service = service

    def __getattr__(self, method: str) -> Callable[..., Data]:
        operation = _operations(self._service)[method]
        return lambda **request: self._region.call(self._service, operation, request)

    def get_paginator(self, method: str) -> FakePaginator:
        """Pages as botocore's own paginator configuration has them."""
        return FakePaginator(self, self._service, method)


class FakePaginator:
    """Follows the tokens that botocore's paginators follow."""

    def __init__(self, client: FakeClient, service: str, method: str) -> None:
        self._call = getattr(client, method)
        self._config = _paginators(service)[_operations(service)[method]]

    def paginate(self, **request: Any) -> Iterator[Data]:
        """Call after call until there is no further token."""
        page_size = request.pop("PaginationConfig", {}).get("PageSize")
        if page_size:
            request[self._config["limit_key"]] = page_size
        while True:
            page: Data = self._call(**request)
            yield page
            token = page.get(self._config["output_token"])
            if not token:
                return
            request[self._config["input_token"]] = token


def _like(pattern: str, text: str) -> bool:
    """EC2's filters: * and ? are wildcards, a backslash escapes."""
    return _regex(pattern).fullmatch(text) is not None


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\?(.)", _one_character, pattern))


def _one_character(match: re.Match[str]) -> str:
    return {"*": ".*", "?": "."}.get(match[0], re.escape(match[1]))


def _check(value: Data, shape: StructureShape | None) -> None:
    if shape is None:
        assert value == {}
        return
    report = ParamValidator().validate(value, shape)
    assert not report.has_errors(), report.generate_report()
    assert value.keys() <= shape.members.keys()


@cache
def _session() -> Session:
    return get_session()


@cache
def _model(service: str) -> ServiceModel:
    return _session().get_service_model(service)


@cache
def _operations(service: str) -> dict[str, str]:
    return {xform_name(name): name for name in _model(service).operation_names}


@cache
def _paginators(service: str) -> Data:
    loader = _session().get_component("data_loader")
    pagination: Data = loader.load_service_model(service, "paginators-1")["pagination"]
    return pagination
