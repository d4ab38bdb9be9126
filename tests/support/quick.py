"""What keeps tests that start no Terraform fast; their conftest files import it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from functools import cache

import pytest
from botocore.loaders import JSONFileLoader


@pytest.fixture(scope="session", autouse=True)
def service_models_are_read_once() -> Iterator[None]:
    """Every boto3 session parses its services' models anew, which takes longer than most tests.

    S3's is left out: botocore changes that model's paths in place whenever it makes a client.
    """
    loader = JSONFileLoader()
    read, read_once = loader.load_file, cache(loader.load_file)

    def load_file(_: JSONFileLoader, path: str) -> object:
        return read(path) if "/s3/" in path else read_once(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", load_file)
        yield


def pytest_configure() -> None:
    """The garbage collector rests: else it walks the millions of objects of moto, botocore and the
    collected tests again and again."""
    gc.disable()
