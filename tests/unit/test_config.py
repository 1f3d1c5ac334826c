"""Settings: where they come from, in which order, and that each is documented."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import AliasChoices

from mllab.config import Settings, load_settings
from mllab.errors import InvalidInput

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        assert isinstance(field.validation_alias, AliasChoices)
        for name in field.validation_alias.choices:
            monkeypatch.delenv(str(name), raising=False)


def test_flag_beats_environment_beats_file_beats_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "lab.toml"
    file.write_text('port = 1111\nnamespace = "fromfile"\nhost = "0.0.0.0"\n')
    monkeypatch.setenv("LAB_PORT", "2222")
    monkeypatch.setenv("LAB_HOST", "127.0.0.2")
    settings = load_settings(file, port=3333)
    assert settings.port == 3333
    assert settings.host == "127.0.0.2"
    assert settings.namespace == "fromfile"
    assert settings.runtime == "process"


def test_all_faults_are_reported_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        load_settings(port=99999, runtime="magic", namespace="Not Good")
    assert all(word in caught.value.message for word in ("LAB_PORT", "RUNTIME", "NAMESPACE"))


def test_a_fault_names_what_was_given_and_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_PORT", "eighty")
    with pytest.raises(InvalidInput, match=r"LAB_PORT: .*\(it is 'eighty'\)\. Correct .* unset it"):
        load_settings()


@pytest.mark.parametrize(
    ("given", "means"),
    [("", ""), ("/", ""), ("/ml", "/ml"), ("/ml/lab", "/ml/lab"), ("/a.b/C-d_1", "/a.b/C-d_1")],
)
def test_a_base_url_is_a_plain_path(given: str, means: str) -> None:
    assert load_settings(base_url=given).base_url == means


@pytest.mark.parametrize(
    "given",
    [
        *("ml", "/ml/", "//ml", "/ml//lab", "/../ml", "/_gateway", "/.ml", "/m l", "/ml\n", "/m;l"),
        *("/ml?x", "/ml#x", "/m%6c", "/ü", "/ml{", "/$uri", 'http://lab/ml"', "/" + "x" * 64),
    ],
)
def test_no_other_base_url_is_taken(given: str) -> None:
    with pytest.raises(InvalidInput, match="LAB_BASE_URL"):
        load_settings(base_url=given)


def test_a_secret_comes_from_the_file_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "password").write_text("correct horse\n")
    monkeypatch.setenv("LAB_ADMIN_PASSWORD_FILE", str(tmp_path / "password"))
    password = load_settings().admin_password
    assert password is not None
    assert password.get_secret_value() == "correct horse"


def test_a_named_secret_file_that_is_missing_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_ADMIN_PASSWORD_FILE", str(tmp_path / "none"))
    with pytest.raises(InvalidInput, match="LAB_ADMIN_PASSWORD_FILE"):
        load_settings()


def test_a_fault_never_shows_a_secret() -> None:
    with pytest.raises(InvalidInput) as caught:
        load_settings(admin_password="short")
    assert "short" not in caught.value.message.replace("too_short", "").replace("shorter", "")


def test_every_setting_is_documented() -> None:
    text = DOCS.read_text()
    for name, field in Settings.model_fields.items():
        assert f"`{name}`" in text
        assert isinstance(field.validation_alias, AliasChoices)
        assert all(f"`{alias}`" in text for alias in field.validation_alias.choices)
