"""What all fast tests share."""

from tests.support.quick import (  # noqa: F401  # a hook and a fixture
    pytest_configure,
    service_models_are_read_once,
)
