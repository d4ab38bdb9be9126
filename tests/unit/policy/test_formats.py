"""The rules for single texts that are no patterns."""

from __future__ import annotations

import pytest

from modules.policy.formats import check_bucket_name, check_tag_characters, check_tag_text


@pytest.mark.parametrize(
    "text", ["", "web", "Käse 環境 ٣", "a_.:/=+-@b", "no\u00a0break", "x aws:"]
)
def test_characters_of_iam_and_ssm_are_tag_text(text: str) -> None:
    assert check_tag_text(text) is None


@pytest.mark.parametrize(
    "text", ["a$b", "a^b", "a\u2013b", "🔥", "a,b", "a;b", "{{x}}", "a\nb", "a\tb", "'"]
)
def test_other_characters_are_not(text: str) -> None:
    assert "expected letters, digits, spaces and" in str(check_tag_characters(text))


@pytest.mark.parametrize("text", ["aws:team", "AWS:team", "aws:"])
def test_tags_of_aws_can_be_targets_but_are_not_ours_to_set(text: str) -> None:
    assert check_tag_characters(text) is None
    assert "expected text that does not begin with aws:" in str(check_tag_text(text))


@pytest.mark.parametrize(
    "name", ["abc", "a-b.c", "1bucket", "a" * 63, "1.2.3", "1.2.3.4.5", "a--b"]
)
def test_bucket_names_of_s3_are_accepted(name: str) -> None:
    assert check_bucket_name(name) is None


@pytest.mark.parametrize(
    "name",
    [
        *(
            "ab",
            "a" * 64,
            "Bucket",
            "my_bucket",
            "-abc",
            "abc-",
            ".abc",
            "abc.",
            "a..b",
            "a b",
            "ä12",
        ),
        *("192.168.5.4", "xn--abc", "sthree-abc", "amzn-s3-demo-abc", "abc-s3alias", "abc--ol-s3"),
        *("abc.mrap", "abc--x-s3", "abc--table-s3", "abc\n", ""),
    ],
)
def test_other_bucket_names_are_not(name: str) -> None:
    assert "expected a bucket's name" in str(check_bucket_name(name))
