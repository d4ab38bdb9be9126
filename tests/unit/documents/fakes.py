"""A region with tens of thousands of tagged nodes, fast enough to test with.

Each answer and each request is checked against botocore's model of the operation, the first few
times that it is made. A call takes 100 milliseconds of the region's own clock.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

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
        self.log: list[str] = []
        self.now = 1000.0
        self.gone: set[str] = set()
        self.refuse_untagging: set[str] = set()
        self.failures: dict[str, list[ClientError]] = {}
        self._rest: dict[str, list[Any]] = {}

    def client(self, service: str, **options: object) -> FakeClient:
        """In boto3.client's place."""
        return FakeClient(self, service)

    def call(self, service: str, operation: str, kwargs: dict[str, Any]) -> dict[str, Any]:
        """One call of an operation, timed, counted and checked."""
        self.calls[operation] += 1
        self.log.append(operation)
        self.now += SECONDS_PER_CALL
        if self.failures.get(operation):
            raise self.failures[operation].pop(0)
        answer: dict[str, Any] = getattr(self, f"_{xform_name(operation)}")(**kwargs)
        if self.calls[operation] <= 2:
            model = _models(service).operation_model(operation)
            for value, shape in ((kwargs, model.input_shape), (answer, model.output_shape)):
                if shape is not None:
                    _check(value, shape)
        return answer

    def _describe_tags(
        self, Filters: list[dict[str, Any]], MaxResults: int = 0, NextToken: str = ""
    ) -> dict[str, Any]:
        wanted = {item["Name"]: item["Values"][0] for item in Filters}
        found = (
            {"ResourceId": name, "ResourceType": "instance", "Key": key, "Value": value}
            for name, tags in self.instances.items()
            for key, value in tags.items()
            if _like(wanted.get("key", "*"), key)
            and _like(wanted.get("value", "*"), value)
            and wanted.get("resource-id", name) == name
        )
        return self._page(found, "Tags", MaxResults or 1000, NextToken)

    def _delete_tags(self, Resources: list[str], Tags: list[dict[str, str]]) -> dict[str, Any]:
        gone = [name for name in Resources if name in self.gone]
        if gone:
            message = f"The instance IDs '{', '.join(gone)}' do not exist"
            raise error("DeleteTags", "InvalidInstanceID.NotFound", message)
        for name in Resources:
            for tag in Tags:
                self.instances[name].pop(tag["Key"], None)
        return {}

    def _get_resources(
        self,
        ResourceTypeFilters: list[str],
        TagFilters: list[dict[str, str]],
        ResourcesPerPage: int,
        PaginationToken: str = "",
    ) -> dict[str, Any]:
        assert ResourceTypeFilters == ["ssm:managed-instance"]
        found = (
            {"ResourceARN": ARN + name, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}
            for name, tags in self.nodes.items()
            if TagFilters[0]["Key"] in tags
        )
        page = self._page(found, "ResourceTagMappingList", ResourcesPerPage, PaginationToken)
        return {
            "ResourceTagMappingList": page["ResourceTagMappingList"],
            "PaginationToken": page.get("NextToken", ""),
        }

    def _untag_resources(self, ResourceARNList: list[str], TagKeys: list[str]) -> dict[str, Any]:
        failed = {}
        for arn in ResourceARNList:
            name = arn.removeprefix(ARN)
            if name in self.refuse_untagging | self.gone:
                failed[arn] = {"StatusCode": 500, "ErrorCode": "InternalServiceException"}
            else:
                self._remove_tags_from_resource("ManagedInstance", name, TagKeys)
        return {"FailedResourcesMap": failed}

    def _list_tags_for_resource(self, ResourceType: str, ResourceId: str) -> dict[str, Any]:
        tags = self.nodes[ResourceId]
        return {"TagList": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def _remove_tags_from_resource(
        self, ResourceType: str, ResourceId: str, TagKeys: list[str]
    ) -> dict[str, Any]:
        assert ResourceType == "ManagedInstance"
        if ResourceId in self.gone:
            raise InvalidResourceId(
                {"Error": {"Code": "InvalidResourceId", "Message": ""}}, "RemoveTagsFromResource"
            )
        for key in TagKeys:
            self.nodes[ResourceId].pop(key, None)
        return {}

    def _list_group_resources(
        self, Group: str, MaxResults: int, NextToken: str = ""
    ) -> dict[str, Any]:
        if Group not in self.groups:
            raise error("ListGroupResources", "NotFoundException")
        members = (
            {"Identifier": {"ResourceArn": f"arn:aws:x:eu-west-1:111122223333:node/{name}"}}
            for name in self.groups[Group]
        )
        return self._page(members, "Resources", MaxResults, NextToken)

    def _describe_instance_information(self, Filters: list[dict[str, Any]]) -> dict[str, Any]:
        assert [item["Key"] for item in Filters] == ["InstanceIds"]
        node_id = Filters[0]["Values"][0]
        if node_id not in self.nodes:
            return {"InstanceInformationList": []}
        role = self.nodes[node_id].get("IamRole")
        node = {"InstanceId": node_id, "ResourceType": "ManagedInstance"}
        return {"InstanceInformationList": [node | ({"IamRole": role} if role else {})]}


    def _page(self, found: Iterable[Any], key: str, size: int, token: str) -> dict[str, Any]:
        """The next items; what is left is kept under a new token."""
        items = self._rest.pop(token) if token else list(found)
        page, rest = items[:size], items[size:]
        if not rest:
            return {key: page}
        self._rest[str(self.calls.total())] = rest
        return {key: page, "NextToken": str(self.calls.total())}


class InvalidResourceId(ClientError):
    """Stands for the modelled exception of the ssm client."""


class _Exceptions:
    InvalidResourceId = InvalidResourceId


class FakeClient:
    """Methods and paginators by boto3's names."""

    exceptions = _Exceptions

    def __init__(self, region: FakeRegion, service: str) -> None:
        self._region = region
        self._service = service

    def __getattr__(self, method: str) -> Any:
        operation = _operations(self._service)[method]
        return lambda **kwargs: self._region.call(self._service, operation, kwargs)

    def get_paginator(self, method: str) -> FakePaginator:
        """Pages as botocore's own paginator configuration has them."""
        return FakePaginator(self, self._service, method)


class FakePaginator:
    """Follows the tokens that botocore's paginators follow."""

    def __init__(self, client: FakeClient, service: str, method: str) -> None:
        self._call = getattr(client, method)
        self._config = _paginators(service)[_operations(service)[method]]

    def paginate(self, PaginationConfig: Mapping[str, int] = {}, **kwargs: Any) -> Iterator[Any]:
        """Call after call until there is no further token."""
        if "PageSize" in PaginationConfig:
            kwargs[self._config["limit_key"]] = PaginationConfig["PageSize"]
        while True:
            page = self._call(**kwargs)
            yield page
            token = page.get(self._config["output_token"])
            if not token:
                return
            kwargs[self._config["input_token"]] = token


def _like(pattern: str, text: str) -> bool:
    """EC2's filters: * and ? are wildcards, a backslash escapes."""
    return _regex(pattern).fullmatch(text) is not None


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\?(.)", _one_character, pattern))


def _one_character(match: re.Match[str]) -> str:
    return {"*": ".*", "?": "."}.get(match[0], re.escape(match[1]))


def _check(value: Mapping[str, Any], shape: Any) -> None:
    report = ParamValidator().validate(value, shape)
    assert not report.has_errors(), report.generate_report()
    assert value.keys() <= shape.members.keys()


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


@cache
def _models(service: str) -> Any:
    return _session().get_service_model(service)


@cache
def _operations(service: str) -> dict[str, str]:
    return {xform_name(name): name for name in _models(service).operation_names}


@cache
def _paginators(service: str) -> Any:
    loader = _session().get_component("data_loader")
    return loader.load_service_model(service, "paginators-1")["pagination"]
