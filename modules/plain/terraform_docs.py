"""The tables that terraform-docs writes between its markers (`markdown table`, its defaults).

So a team's own run of it changes nothing. Source: the templates and golden files of
github.com/terraform-docs/terraform-docs.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from modules.plain.variable import REQUIRED, Variable

BEGIN: Final = "<!-- BEGIN_TF_DOCS -->"
END: Final = "<!-- END_TF_DOCS -->"
SETTINGS: Final = """\
# `terraform-docs .` renews the tables of README.md.
formatter: markdown table

output:
  file: README.md
  mode: inject

settings:
  # The versions that are required, whatever an init here chose.
  lockfile: false
"""
"""The file .terraform-docs.yml, without which an init would change the table of providers."""

_REGISTRY: Final = "https://registry.terraform.io/providers/hashicorp"
_DOCS_KINDS: Final = {"resource": "resources", "data source": "data-sources"}


def documentation(
    configurations: Iterable[Mapping[str, Any]], variables: Sequence[Variable]
) -> str:
    """The markers and everything between, for the configurations of one folder."""
    merged = _merged(configurations)
    tables = [
        _requirements(merged["terraform"]),
        _providers(merged),
        _table(
            "Modules",
            ("Name", "Source", "Version"),
            [
                (_anchor("module", name), source, "n/a")
                for name, source in sorted(merged["module"].items())
            ],
        ),
        _table("Resources", ("Name", "Type"), [*_resources(merged)]),
        _inputs(variables),
        _table(
            "Outputs",
            ("Name", "Description"),
            [
                (_anchor("output", name), _text(description))
                for name, description in sorted(merged["output"].items())
            ],
        ),
    ]
    return f"{BEGIN}\n" + "\n\n".join(tables) + f"\n{END}"


def _merged(configurations: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {"resource": [], "data": [], "output": {}, "module": {}}
    for each in configurations:
        if "required_version" in each.get("terraform", {}):
            found["terraform"] = each["terraform"]
        for item in each.get("resource", []):
            found["resource"] += _addresses(item)
        found["data"] += _addresses(each.get("data", {}))
        for kind, member in (("output", "description"), ("module", "source")):
            found[kind] |= {name: block[member] for name, block in each.get(kind, {}).items()}
    return found


def _addresses(elements: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [f"{type_}.{name}" for type_, names in elements.items() for name in names]


def _requirements(terraform: Mapping[str, Any]) -> str:
    aws = terraform["required_providers"]["aws"]["version"]
    rows = [
        (_anchor("requirement", "terraform"), terraform["required_version"]),
        (_anchor("requirement", "aws"), aws),
    ]
    return _table("Requirements", ("Name", "Version"), rows)


def _providers(merged: Mapping[str, Any]) -> str:
    """Those that resources and data sources have, each named by its types' prefix."""
    aws = merged["terraform"]["required_providers"]["aws"]["version"]
    used = {each.partition("_")[0] for each in (*merged["resource"], *merged["data"])}
    versions = {"aws": aws}
    rows = [(_anchor("provider", name), versions.get(name, "n/a")) for name in sorted(used)]
    return _table("Providers", ("Name", "Version"), rows)


def _resources(merged: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for kind, addresses in (("resource", merged["resource"]), ("data source", merged["data"])):
        for address in sorted(addresses):
            yield _link(address, kind), kind


def _inputs(variables: Sequence[Variable]) -> str:
    rows = [
        (
            _anchor("input", each.name),
            _text(each.description),
            _code(each.type),
            "n/a" if each.default is REQUIRED else _code(_json(each.default)),
            "yes" if each.default is REQUIRED else "no",
        )
        for each in sorted(variables, key=lambda variable: variable.name)
    ]
    return _table("Inputs", ("Name", "Description", "Type", "Default", ":Required:"), rows)


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return f"## {title}\n\nNo {title.lower()}."
    names = [column.strip(":") for column in columns]
    rule = [
        f":{'-' * (len(column) - 4)}:" if column.startswith(":") else "-" * len(column)
        for column in columns
    ]
    lines = [f"| {' | '.join(cells)} |" for cells in (names, rule, *rows)]
    return f"## {title}\n\n" + "\n".join(lines)


def _anchor(kind: str, name: str) -> str:
    return f'<a name="{kind}_{name}"></a> [{_escaped(name)}](#{_escaped(f"{kind}_{name}")})'


def _link(address: str, kind: str) -> str:
    provider, _, rest = address.partition("_")
    page = f"{_REGISTRY}/{provider}/latest/docs/{_DOCS_KINDS[kind]}/{rest.partition('.')[0]}"
    return f"[{address}]({page})"


def _escaped(name: str) -> str:
    return name.replace("_", r"\_")


def _text(text: str) -> str:
    """Underscores and pipes escaped, but in `code`."""
    return "".join(
        part if part.startswith("`") else _escaped(part.replace("|", r"\|"))
        for part in re.split(r"(`[^`]*`)", text)
    )


def _code(text: str) -> str:
    if "\n" in text:
        return f"<pre>{text.replace(chr(10), '<br/>')}</pre>"
    return f"`{text}`"


def _json(value: object) -> str:
    """As Go writes it, and in the normal form of Unicode that Terraform gives every text."""
    text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return unicodedata.normalize("NFC", text)
