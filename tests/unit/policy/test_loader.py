"""Several policies at once, and any bytes at all."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.policy.loader import load_policies, load_policy
from modules.policy.model import AllNodes, InstanceIds, ResourceGroup, TagTarget, Targets
from modules.policy.problems import LONGEST_SHOWN, PolicyError, Problem, quote
from modules.policy.targets import target_values

GOOD = sorted((Path(__file__).parent / "cases" / "good").glob("*.yaml"))
MUTATIONS_A_FILE = 40

WritePolicy = Callable[..., Path]


@pytest.fixture
def write_policy(tmp_path: Path) -> WritePolicy:
    """Write a policy file with an ID and further lines."""

    def write(configuration_id: str, *lines: str) -> Path:
        file = tmp_path / f"{configuration_id}-{len(list(tmp_path.iterdir()))}.yaml"
        head = ["name: x", f"configuration_id: {configuration_id}", "home_region: eu-west-1"]
        file.write_text("\n".join([*head, "targets: {all: true}", *lines]), encoding="utf-8")
        return file

    return write


def test_policies_come_in_the_order_of_their_files(write_policy: WritePolicy) -> None:
    files = [write_policy("zzzz"), write_policy("aaaa")]
    assert [policy.configuration_id for policy in load_policies(files)] == ["zzzz", "aaaa"]


def test_no_files_are_no_policies() -> None:
    assert load_policies([]) == ()


def test_the_order_of_keys_in_a_file_does_not_matter(write_policy: WritePolicy) -> None:
    """What is made of a policy is the same byte for byte."""
    baseline = "pb-0123456789abcdef0"
    orders = (("A", "B", "SUSE", "CENTOS"), ("B", "A", "CENTOS", "SUSE"))
    one, other = (
        load_policy(
            write_policy(
                "aaaa",
                f"tags: {{{tag}: x, {next_tag}: x}}",
                f"patch_baselines: {{{system}: {baseline}, {next_system}: {baseline}}}",
            )
        )
        for tag, next_tag, system, next_system in orders
    )
    assert repr(one) == repr(other)


def test_rejects_every_bad_file_at_once(write_policy: WritePolicy) -> None:
    files = [write_policy("aaaa", "reboot: 1"), write_policy("bbbb"), write_policy("cccc", "x: 1")]
    assert [problem.file for problem in problems_of(files)] == [str(files[0]), str(files[2])]


def test_rejects_a_configuration_id_used_twice_naming_both_files(write_policy: WritePolicy) -> None:
    first, other, second = write_policy("aaaa"), write_policy("bbbb"), write_policy("aaaa")
    (problem,) = problems_of([first, other, second])
    assert (problem.file, problem.path) == (str(second), "$.configuration_id")
    assert problem.message == f'found "aaaa", which {first} has too; expected an ID of its own'


def test_rejects_the_same_file_twice(write_policy: WritePolicy) -> None:
    file = write_policy("aaaa")
    assert [problem.path for problem in problems_of([file, file])] == ["$.configuration_id"]


def test_an_id_used_twice_is_found_beside_other_problems(write_policy: WritePolicy) -> None:
    files = [write_policy("aaaa", "reboot: 1"), write_policy("aaaa", "reboot: 2")]
    paths = [problem.path for problem in problems_of(files)]
    assert paths == ["$.reboot", "$.reboot", "$.configuration_id"]


def test_rejects_more_tags_on_the_instance_role_than_a_role_can_have(
    write_policy: WritePolicy,
) -> None:
    """51 policies, each with a tag on the one role."""
    files = [write_policy(f"id{number:02}") for number in range(51)]
    (problem,) = problems_of(files)
    assert (problem.file, problem.path) == (str(files[-1]), "$.instance_roles")
    assert "found 51 tags on the instance role (51 for policies, 0 for" in problem.message


def test_policies_and_other_ids_that_are_the_same_are_one_tag(write_policy: WritePolicy) -> None:
    """25 policies that each name the other 24, and the same 25 tags: 50 in all."""
    ids = [f"id{number:02}" for number in range(25)]
    tags = ", ".join(f"Tag{number}: x" for number in range(25))
    for own in ids:
        others = ", ".join(other for other in ids if other != own)
        write_policy(
            own, f"instance_roles: {{other_configuration_ids: [{others}]}}", f"tags: {{{tags}}}"
        )
    folder = write_policy("last").parent
    files = sorted(folder.glob("id*.yaml"))
    assert len(load_policies(files)) == 25


def test_a_role_that_no_policy_manages_may_have_any_tags(write_policy: WritePolicy) -> None:
    files = [
        write_policy(f"id{number:02}", "instance_roles: {manage_default_role: false}")
        for number in range(51)
    ]
    assert len(load_policies(files)) == 51


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (TagTarget(key="Env", value="prod"), '{"Key":"Env","Value":"prod"}'),
        (TagTarget(key="環境"), '{"Key":"環境"}'),
        (TagTarget(key="a\u2028b"), '{"Key":"a\\u2028b"}'),
        (ResourceGroup("web"), '{"Key":"web"}'),
        (AllNodes(), '{"Key":"*"}'),
        (InstanceIds(("i-01234567", "mi-01")), '{"Key":"i-01234567,mi-01"}'),
    ],
)
def test_target_values_are_compact_json(targets: Targets, expected: str) -> None:
    assert target_values(targets) == expected


def test_values_in_messages_are_short_and_on_one_line() -> None:
    shown = quote("a\n" * LONGEST_SHOWN)
    assert shown.startswith(r'"a\na\n')
    assert shown.endswith('…"')
    assert len(shown) < 2 * LONGEST_SHOWN


@settings(max_examples=300, deadline=None)
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_any_bytes_are_loaded_or_refused(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    loads_or_refuses(tmp_path_factory.mktemp("any", numbered=True) / "policy.yaml", content)


@pytest.mark.parametrize("good", GOOD, ids=lambda path: path.stem)
def test_a_mutated_policy_is_loaded_or_refused(good: Path, tmp_path: Path) -> None:
    """The mutations are the same in every run: the file's name is their seed."""
    source = random.Random(good.name)  # noqa: S311 - for tests, not for secrets
    for _ in range(MUTATIONS_A_FILE):
        loads_or_refuses(tmp_path / "policy.yaml", mutate(good.read_bytes(), source))


SNIPPETS = (
    *(b"{", b"}", b"[", b"]", b"&a ", b"*a", b"? ", b"- ", b"!!int ", b"!x ", b"---\n", b"\t"),
    *(b"null", b"true", b"-1", b"0", b".inf", b"1e9", b'"', b"'", b"|", b"#", b"%", b"\xff"),
    *(b'"\\ud800"', b'"\\UFFFFFFFF"', b"<<: ", b"{{", b"\xf0\x9f\x94\xa5", b"\n", b": ", b", "),
)


def mutate(content: bytes, source: random.Random) -> bytes:
    """The content with one to four pieces cut, doubled or put in."""
    for _ in range(source.randint(1, 4)):
        start = source.randint(0, len(content))
        end = min(len(content), start + source.randint(0, 12))
        piece = source.choice((b"", content[start:end] * 2, source.choice(SNIPPETS)))
        content = content[:start] + piece + content[end:]
    return content


def loads_or_refuses(file: Path, content: bytes) -> None:
    """Load the content; a refusal has messages, each of one line that can be printed."""
    file.write_bytes(content)
    problems: tuple[Problem, ...] = ()
    try:
        load_policy(file)
    except PolicyError as refusal:
        problems = refusal.problems
    for problem in problems:
        assert f"{problem.path}: {problem.message}".isprintable()
        assert problem.message.startswith("found ")


def test_loading_brings_neither_cdktf_nor_boto3_nor_a_calendar() -> None:
    """Every command starts with it."""
    code = "import modules.policy.loader, sys; print(*sys.modules)"
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    loaded = set(process.stdout.split())
    assert "modules.policy.schema" in loaded
    assert not set(loaded) & {"cdktf", "jsii", "boto3", "botocore", "dateutil", "rich"}


def problems_of(files: list[Path]) -> tuple[Problem, ...]:
    """What is wrong with files that are refused."""
    with pytest.raises(PolicyError) as refusal:
        load_policies(files)
    return refusal.value.problems
