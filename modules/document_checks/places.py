"""What the inputs of actions and plugins take, as the JSON Schemas of documents say it.

Where an input is a reference and nothing else, Automation takes text, numbers and true or false
for text, and, as AWS's own runbooks rely on, a list of one text; text for any of them, as
terraform modules rely on even for lists. It makes neither a map nor a list of maps of anything.
https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-outputs-inputs.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from modules.document_checks.document import Path
from modules.document_checks.references import whole_reference
from modules.document_checks.types import (
    BOOLEAN,
    INTEGER,
    LISTS,
    MAP_LIST,
    STRING,
    STRING_LIST,
    STRING_MAP,
)
from modules.policy.problems import Finding, choices
from modules.quick_setup.documents.checks import definitions

Schema = Mapping[str, Any]
_REFERENCES = ("placeholder", "interpolated")
_ANY_TEXT = "anyText"
_ANYTHING = frozenset({STRING, STRING_LIST, INTEGER, BOOLEAN, STRING_MAP, MAP_LIST})
_TYPES = {
    "integer": frozenset({INTEGER, STRING}),
    "number": frozenset({INTEGER, STRING}),
    "boolean": frozenset({BOOLEAN, STRING}),
    "object": frozenset({STRING_MAP, STRING}),
}


@dataclass(frozen=True)
class Places:
    """The places of the documents of a schema, and the types that references in them have.

    `text_takes` are lists of texts, where one of one text stands for that text.
    """

    schema_file: File
    type_of: Callable[[str], str | None]
    text_takes: frozenset[str] = frozenset()

    def check_all(self, value: Any, definition: str, path: Path) -> Iterator[Finding]:
        """References in a value, of the wrong type for a definition's place of theirs."""
        yield from self.check(value, definitions(self.schema_file)[definition], path)

    def check(self, value: Any, schema: Schema, path: Path) -> Iterator[Finding]:
        """The same for any schema."""
        forms = tuple(self._forms(schema))
        name = whole_reference(value)
        if name is not None:
            yield from self._judge(name, forms, path)
        elif isinstance(value, dict):
            places = {key: each for form in forms for key, each in _properties(form)}
            for key in value.keys() & places.keys():
                yield from self.check(value[key], places[key], (*path, key))
        elif isinstance(value, list):
            items: Schema = next((form["items"] for form in forms if "items" in form), {})
            for index, item in enumerate(value):
                yield from self._check_item(item, items, forms, (*path, index))

    def _check_item(
        self, item: Any, items: Schema, forms: tuple[Schema, ...], path: Path
    ) -> Iterator[Finding]:
        """A list that is all of an item is spread among the items."""
        name = whole_reference(item)
        if name and self.type_of(name) in LISTS:
            yield from self._judge(name, forms, path)
        else:
            yield from self.check(item, items, path)

    def _judge(self, name: str, forms: tuple[Schema, ...], path: Path) -> Iterator[Finding]:
        given = self.type_of(name)
        takes = frozenset[str]().union(*(self._takes(form) for form in forms))
        if given and takes and given not in takes:
            message = f"found {{{{ {name} }}}}, a {given}; expected {choices(sorted(takes))}"
            yield Finding(path, message, "reference-type")

    def _forms(self, schema: Schema) -> Iterator[Schema]:
        """The forms that a value can have besides that of a reference, each without branches."""
        around = {key: each for key, each in schema.items() if key not in ("$ref", "anyOf")}
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if name not in _REFERENCES:
                meant = {} if name == _ANY_TEXT else definitions(self.schema_file)[name]
                yield from self._forms({**meant, **around})
        elif "anyOf" in schema:
            for form in schema["anyOf"]:
                yield from self._forms({**around, **form})
        else:
            yield around

    def _takes(self, form: Schema) -> frozenset[str]:
        given = form.get("type", [])
        kinds = [given] if isinstance(given, str) else given
        if not kinds and "enum" not in form:
            return _ANYTHING
        takes = {each for kind in kinds for each in _TYPES.get(kind, ())}
        if "array" in kinds:
            takes |= self._list_types(form.get("items", {}))
        if "string" in kinds or "enum" in form:
            takes |= {STRING, *_scalars_that_fit(form)}
            takes |= set() if form.keys() & {"enum", "pattern"} else self.text_takes
        return frozenset(takes)

    def _list_types(self, items: Schema) -> frozenset[str]:
        kinds = {str(form.get("type")) for form in self._forms(items)}
        maps = {MAP_LIST, STRING_MAP} if kinds & {"object", "None"} else set()
        texts = {STRING_LIST} if kinds - {"object"} else set()
        return frozenset({STRING, *maps, *texts})


def _properties(form: Schema) -> Iterator[tuple[str, Schema]]:
    properties: Mapping[str, Schema] = form.get("properties", {})
    yield from properties.items()


def _scalars_that_fit(form: Schema) -> Iterator[str]:
    """Whether a number or true and false could be one of the texts: `1` is no duration."""
    for name, texts in ((INTEGER, ["1"]), (BOOLEAN, ["true", "True"])):
        pattern = form.get("pattern", "")
        for text in texts:
            if text in form.get("enum", texts) and re.search(pattern, text):
                yield name
