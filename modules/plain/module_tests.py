"""The tests that a module brings along: `terraform test`, with a provider that is mocked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from modules.plain.elements import PREDEFINED
from modules.plain.module import Module
from modules.plain.topics import BASELINE_STORE, NODES
from modules.provider.expressions import literal
from modules.provider.hcl import render_expression
from modules.provider.schema import resource_schema
from modules.quick_setup import names
from modules.quick_setup.names import Place

_MOCKED: Final = Place(account="123456789012", partition="aws", region="eu-west-1")
_MOCK: Final = f"""\
# No AWS account is needed: the provider is mocked, and nothing is applied.
mock_provider "aws" {{
  mock_data "aws_caller_identity" {{
    defaults = {{
      account_id = "{_MOCKED.account}"
    }}
  }}

  mock_data "aws_partition" {{
    defaults = {{
      partition = "{_MOCKED.partition}"
    }}
  }}

  mock_data "aws_region" {{
    defaults = {{
      id = "{_MOCKED.region}"
    }}
  }}
}}
"""


_REFUSED: Final[Mapping[str, object]] = {
    "name": "",
    "configuration_id": "Upper-Case",
    "document_name_prefix": "with space",
    "scan_schedule": "cron(0 1 * * *)",  # a crontab's five fields
    "install_schedule": "every day",
    "refresh_schedule": "rate(1 week)",
    "reboot": "Sometimes",
    "max_concurrency": "0",
    "max_errors": "101%",
    "target_tag_key": "{{ key }}",
    "target_tag_value": "",
    "target_resource_group": "web fleet",
    "target_instance_ids": ["i-1"],
    "command_output": {"bucket": "My_Logs", "region": "eu-west-1"},
    "patch_baselines": {"UBUNTU": "pb-1"},
    "access_log_bucket": "My_Logs",
    "log_retention_days": 2,
    "other_configuration_ids": ["Upper-Case"],
    "baseline_store_account": "1234",
    "tags": {"a|b": "c"},
    "instance_role_tags": {"a|b": "c"},
    "baseline_override_url": "https://example.com/overrides.json",
}
"""Variable -> a value that its validation refuses."""


def module_tests(module: Module, imported: Sequence[str] = ()) -> bytes:
    """The text of tests/*.tftest.hcl; `imported` are addresses of import blocks beside it."""
    index = "[0]" if module.shape.toggle(NODES) else ""
    scan = f"aws_ssm_association.scan_for_patches{index}"
    variables = [each.name for each in module.variables]
    runs = [
        _schedules(variables, scan, index),
        _names(scan),
        *([_another_region(scan)] if module.shape.toggle(BASELINE_STORE) else []),
        *_refusals(module, scan),
    ]
    overrides = [_override(address) for address in imported]
    if overrides:
        overrides[0] = f"# A mocked provider imports nothing.\n{overrides[0]}"
    return "\n".join([_MOCK, *overrides, *runs]).encode()


def _override(address: str) -> str:
    lines = ["override_resource {", f"  target = {address}"]
    if "arn" in resource_schema(address.partition(".")[0]).attributes:
        # What is made up otherwise is no ARN, and refused where it is referred to.
        arn = names.arn(_MOCKED, "iam", "policy/mocked", account=_MOCKED.account)
        lines += [f"  values = {render_expression({'arn': arn}, 1)}"]
    return "\n".join([*lines, "}", ""])


def _schedules(variables: Sequence[str], scan: str, index: str) -> str:
    install = f"aws_ssm_association.install_patches{index}"
    assertions = [
        (f"{scan}.schedule_expression == var.scan_schedule", "The scan has its own schedule."),
        (f'{scan}.parameters["RebootOption"] == var.reboot', "Nodes reboot as is said."),
    ]
    if "install_schedule" in variables:
        condition = f"{install}.schedule_expression == var.install_schedule"
        assertions.append((condition, "The installation has its own schedule."))
    return _run("patches_on_schedule", assertions)


def _names(scan: str) -> str:
    return _run(
        "names_hold_the_configuration_id",
        [
            (
                f'endswith({scan}.association_name, "-qwert")',
                "Every name ends with the configuration ID.",
            )
        ],
        variables={"configuration_id": "qwert"},
    )


def _another_region(scan: str) -> str:
    url = "s3://my-overrides/baseline_overrides.json"
    return _run(
        "another_region_has_no_store",
        [
            ("length(aws_s3_bucket.baseline_overrides) == 0", "There is one bucket, at home."),
            (
                f'{scan}.parameters["BaselineOverride"] == var.baseline_override_url',
                "Nodes obey the overrides of the home region.",
            ),
        ],
        variables={"create_baseline_store": False, "baseline_override_url": url},
    )


def _refusals(module: Module, scan: str) -> Iterator[str]:
    for name in (each.name for each in module.variables if each.name in _REFUSED):
        variables = {name: _REFUSED[name]}
        yield _run(f"refuses_{name}", [], variables=variables, expected=f"var.{name}")
    if module.shape.store:
        yield _run(
            "refuses_patch_baselines_of_unknown_systems",
            [],
            variables={"patch_baselines": {"BEOS": "pb-0123456789abcdef0"}},
            expected=PREDEFINED,
        )
    yield _run(
        "refuses_waiting_with_a_rate",
        [],
        variables={"scan_schedule": "rate(12 hours)", "scan_wait_for_next_interval": True},
        expected=scan,
    )


def _run(
    name: str,
    assertions: list[tuple[str, str]],
    *,
    variables: dict[str, object] | None = None,
    expected: str | None = None,
) -> str:
    lines = [f'run "{name}" {{', "  command = plan"]
    if variables:
        given = {key: literal(v) if isinstance(v, str) else v for key, v in variables.items()}
        lines += ["", *f"  variables {render_expression(given, 1)}".splitlines()]
    if expected:
        lines += ["", f"  expect_failures = [{expected}]"]
    for condition, message in assertions:
        lines += [
            "",
            "  assert {",
            f"    condition     = {condition}",
            f'    error_message = "{message}"',
            "  }",
        ]
    return "\n".join([*lines, "}", ""])
