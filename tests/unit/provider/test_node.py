import pytest

from modules.provider import node


def test_the_environments_own_node_is_found_as_a_program_and_no_script() -> None:
    found = node.bundled_node()
    assert found is not None
    assert not found.read_bytes().startswith(b"#!")


def test_no_node_is_found_where_the_package_is_not_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(node, "find_spec", lambda _: None)
    assert node.bundled_node() is None
