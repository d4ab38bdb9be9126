"""What a version of the AWS provider takes, from the metadata of prebuilt bindings of it.

A provider that cannot be run here is compared with at least: the bindings are a package of PyPI.

    pip download --no-deps cdktn-provider-aws==25.8.1
    python -m tools.provider_metadata cdktn_provider_aws-25.8.1-py3-none-any.whl 6.69.1
"""

from __future__ import annotations

import gzip
import io
import json
import re
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from modules.provider import types

OUTPUT: Final = Path(__file__).parents[1] / "tests" / "support" / "newest_provider.json"
_PRIMITIVES: Final = {"boolean": "bool"}
_COLLECTIONS: Final = {"array": "list", "map": "map"}

Types = Mapping[str, Any]


def read_types(wheel: Path) -> Types:
    """jsii's description of every class, by its full name."""
    with zipfile.ZipFile(wheel) as package:
        [inner] = [name for name in package.namelist() if name.endswith(".jsii.tgz")]
        with tarfile.open(fileobj=io.BytesIO(package.read(inner)), mode="r:gz") as archive:
            content = {
                member.name: archive.extractfile(member)
                for member in archive
                if ".jsii" in member.name
            }
            document = json.load(content["package/.jsii"] or io.BytesIO())
            if document["schema"] == "jsii/file-redirect":
                packed = content[f"package/{document['filename']}"] or io.BytesIO()
                document = json.loads(gzip.decompress(packed.read()))
    found: Types = document["types"]
    return found


def describe(type_: str, known: Types, *, is_data: bool) -> dict[str, Any]:
    """The arguments of a type, and the attributes that can be referred to."""
    words = [*(["data", "aws"] if is_data else []), *type_.removeprefix("aws_").split("_")]
    module = words[0] + "".join(word.capitalize() for word in words[1:])
    # A class whose name another one has gets a letter more, and so does its module.
    names = {f"{module}.{module[0].upper()}{module[1:]}{more}" for more in ("", "A")}
    [class_] = [
        name for name, each in known.items() if name.partition(".")[2] in names and "base" in each
    ]
    # Those with `_input` are what was given, as the bindings keep it.
    names = {_snake(each["name"]) for each in known[class_]["properties"]}
    attributes = {name for name in names if not name.endswith("_input")}
    config = f"{class_}Config"
    block = _block(config, known) if config in known else {"arguments": {}, "required": []}
    return {**block, "attributes": sorted(attributes - {"tf_resource_type"})}


def _block(name: str, known: Types) -> dict[str, Any]:
    properties = known[name].get("properties", [])
    return {
        "arguments": {_snake(each["name"]): _kind(each["type"], known) for each in properties},
        "required": [_snake(each["name"]) for each in properties if not each.get("optional")],
    }


def _kind(kind: Mapping[str, Any], known: Types) -> Any:
    """`string`, `list(string)`, or a nested block."""
    if "union" in kind:
        [own] = [each for each in kind["union"]["types"] if each.get("fqn") != "cdktn.IResolvable"]
        return _kind(own, known)
    if "collection" in kind:
        inner = _kind(kind["collection"]["elementtype"], known)
        outer = _COLLECTIONS[kind["collection"]["kind"]]
        return inner if isinstance(inner, dict) else f"{outer}({inner})"
    if "fqn" in kind:
        return "bool" if kind["fqn"] == "cdktn.IResolvable" else _block(kind["fqn"], known)
    return _PRIMITIVES.get(kind["primitive"], kind["primitive"])


def _snake(name: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", name).lower().rstrip("_")


def main(wheel: str, version: str) -> None:
    """Writes what the types of this project are in that version."""
    known = read_types(Path(wheel))
    kinds = (
        *((each, each, False) for each in types.RESOURCES if each.startswith("aws_")),
        *((f"data.{each}", each, True) for each in types.DATA_SOURCES),
    )
    found = {key: describe(type_, known, is_data=is_data) for key, type_, is_data in kinds}
    document = {"version": version, "from": Path(wheel).name, "types": found}
    text = json.dumps(document, indent=1, sort_keys=True)
    OUTPUT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
