"""The services' models, as botocore ships them: read as data, and only those that are asked for."""

from __future__ import annotations

from functools import cache

from botocore import xform_name
from botocore.loaders import Loader, create_loader
from botocore.model import OperationModel, ServiceModel


@cache
def _loader() -> Loader:
    return create_loader()


@cache
def services() -> frozenset[str]:
    """The names of all services, as boto3 takes them."""
    return frozenset(_loader().list_available_services("service-2"))


@cache
def service_model(service: str) -> ServiceModel:
    """The model of a service that is there."""
    return ServiceModel(_loader().load_service_model(service, "service-2"), service)


@cache
def _operations(service: str) -> dict[str, str]:
    """Operations by the names of boto3's methods."""
    return {xform_name(name): name for name in service_model(service).operation_names}


def operations(service: str) -> frozenset[str]:
    """The names of a service's operations."""
    return frozenset(service_model(service).operation_names)


@cache
def operation_model(service: str, api: str) -> OperationModel | None:
    """An operation, or None where the service has none such.

    AWS takes "the API operation or method name". What boto3 makes one method of is one name:
    DescribeDBInstances, describeDbInstances and describe_db_instances.
    """
    name = _operations(service).get(xform_name(api))
    return service_model(service).operation_model(name) if name else None
