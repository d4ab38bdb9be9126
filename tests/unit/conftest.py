"""What all fast tests share."""

from tests.support.quick import (  # noqa: F401  # fixtures
    service_models_are_read_once,
    the_garbage_collector_rests,
)
