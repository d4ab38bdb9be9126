"""Values that are hard to bring through Terraform unchanged, as inputs of `terraform_data`.

`python -m tests.support.expression_values OUTDIR` synthesizes them, in the format that the
environment asks for.
"""

from __future__ import annotations

import sys

from modules.provider import expressions
from modules.provider.app import new_app, synthesize
from modules.provider.backend import LocalBackend
from modules.provider.builtin.terraform_data import TerraformData
from modules.provider.engine import constructs
from modules.provider.stack import Stack

NASTY = {
    "Text": 'quotes " and \\ and \t and \n, é 雪 🎉, <&>, \u2028',
    "Variables": ["${aws:PrincipalAccount}", "${aws:username, 'x'}", "a ${*} ${?} ${$} %{x} %"],
    "aws:PrincipalTag/${aws:username}": {"deep": [1, 0.5, True, None, [], {}, ""]},
    "Number": "1",
}
SCRIPT = 'echo "${HOME}" %{x} $${y} \\ é\n'.encode()


class Values(Stack):
    """The expressions that policies and documents go through, as inputs of `terraform_data`."""

    def __init__(self, app: constructs.Construct) -> None:
        super().__init__(app, "values", region="eu-central-1", backend=LocalBackend(folder="."))
        self.add_file("script.sh", SCRIPT)
        self.add_file("template.tftpl", b"bucket ${bucket}, $${kept}\n")
        inputs: dict[str, str] = {
            "Policy": expressions.json_expression({**NASTY, "Reference": "<${1 + 1}>"}),
            "Literal": expressions.literal("${a} %{b}"),
            "Numeric": "1",
            "Json": '{"a": "b"}',
            "File": expressions.file("script.sh"),
            "Hash": expressions.file_hash("script.sh"),
            "Template": expressions.template_file("template.tftpl", {"bucket": '${"b"}-"1"'}),
        }
        for name, value in inputs.items():
            TerraformData(self, name, input=value)


if __name__ == "__main__":
    app = new_app(sys.argv[1])
    Values(app)
    synthesize(app)
