"""The folder store keeps the contract, and a few things that only folders can get wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from backend.core.blobs import BlobStore, FolderBlobs, NoSuchBlob
from tests.backend.core.blob_store_contract import BlobStoreContract


class TestFolderBlobs(BlobStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> BlobStore:
        return FolderBlobs(tmp_path / "blobs")


def test_a_crash_while_writing_leaves_nothing_under_a_final_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderBlobs(tmp_path / "blobs")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.put(b"half")

    assert list(store.keys()) == []


def test_only_the_owner_can_read(tmp_path: Path) -> None:
    store = FolderBlobs(tmp_path / "blobs")
    key = store.put(b"photo")

    file = tmp_path / "blobs" / key[:2] / key[2:]
    assert file.stat().st_mode & 0o077 == 0
    assert (tmp_path / "blobs").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("key", ["../../etc/passwd", "a" * 63, "A" * 64, "a/" + "b" * 62, "\0" * 64, ""])
def test_a_key_is_never_a_path(tmp_path: Path, key: str) -> None:
    with pytest.raises(NoSuchBlob):
        FolderBlobs(tmp_path).open(key)
