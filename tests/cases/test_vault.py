"""Keys: one a purpose, one a tip, and what is sealed in one place opens in no other."""

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from storage.vault import InvalidTag, Vault, create_master_key, open_vault
from tests.cases.world import VAULT


@given(st.binary(max_size=200), st.text(max_size=30))
def test_what_is_sealed_opens_in_its_place(data: bytes, place: str) -> None:
    sealer = VAULT.for_("contacts")
    blob = sealer.seal(data, place)
    assert sealer.open(blob, place) == data
    assert sealer.seal(data, place) != blob
    with pytest.raises(InvalidTag):
        sealer.open(blob, place + "x")


@pytest.mark.parametrize("position", [0, 11, 12, -1])
def test_a_flipped_bit_opens_nothing(position: int) -> None:
    blob = bytearray(VAULT.for_("contacts").seal(b"Lan", "here"))
    blob[position] ^= 1
    with pytest.raises(InvalidTag):
        VAULT.for_("contacts").open(bytes(blob), "here")


def test_a_blob_of_one_purpose_never_opens_as_one_of_another() -> None:
    blob = VAULT.for_("talks").seal(b"words", "here")
    with pytest.raises(InvalidTag):
        VAULT.for_("contacts").open(blob, "here")


def test_a_look_up_is_keyed_by_installation_and_purpose() -> None:
    other = Vault(b"another key")
    assert VAULT.lookup("chat", 5) == VAULT.lookup("chat", "5") == VAULT.lookup("chat", b"5")
    assert (
        len({VAULT.lookup("chat", 5), VAULT.lookup("talk", 5), VAULT.lookup("chat", 6), other.lookup("chat", 5)}) == 4
    )
    assert VAULT.check_value() == Vault(b"a master key for the tests only.").check_value() != other.check_value()


def test_a_tips_key_is_wrapped_for_that_tip_alone() -> None:
    wrapped, sealer = VAULT.new_tip_key("one")
    blob = sealer.seal(b"words", "here")
    assert VAULT.tip_key("one", wrapped).open(blob, "here") == b"words"
    with pytest.raises(InvalidTag):
        VAULT.tip_key("two", wrapped)
    with pytest.raises(InvalidTag):
        VAULT.new_tip_key("one")[1].open(blob, "here")


def test_a_master_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    create_master_key(path)
    first = path.read_bytes()
    create_master_key(path)
    assert path.read_bytes() == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert open_vault(path).check_value() == open_vault(path).check_value()


def test_a_missing_an_unreadable_and_a_wrong_key_are_told_apart(tmp_path: Path) -> None:
    codes = {}
    files = {"malformed": b"not base64!", "short": base64.b64encode(b"short"), "empty": b""}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder").mkdir()
    for name in (*files, "folder", "missing"):
        with pytest.raises(Refused) as caught:
            open_vault(tmp_path / name)
        codes[name] = caught.value.code
        assert caught.value.params["path"] == tmp_path / name
    assert codes == {
        "malformed": "key.malformed",
        "short": "key.malformed",
        "empty": "key.malformed",
        "folder": "key.unreadable",
        "missing": "key.missing",
    }
