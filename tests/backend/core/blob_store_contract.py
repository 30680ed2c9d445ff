"""What every blob store must do. Subclass it and provide the fixture `store`."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend.core.blobs import BlobStore, NoSuchBlob

NOBODY = "0" * 64


class BlobStoreContract:
    def test_the_key_is_the_digest_of_the_bytes(self, store: BlobStore) -> None:
        assert store.put(b"photo") == hashlib.sha256(b"photo").hexdigest()

    def test_what_was_put_comes_back(self, store: BlobStore) -> None:
        key = store.put(b"photo")

        assert store.get(key) == b"photo"
        assert (store.has(key), store.size(key), list(store.keys())) == (True, 5, [key])
        with store.open(key) as stream:
            assert stream.read(3) == b"pho"

    def test_putting_twice_is_putting_once(self, store: BlobStore) -> None:
        assert store.put(b"photo") == store.put(b"photo")
        assert len(list(store.keys())) == 1

    def test_a_file_is_kept_as_its_bytes_and_stays_where_it_is(self, store: BlobStore, tmp_path: Path) -> None:
        upload = tmp_path / "upload"
        upload.write_bytes(b"x" * 3_000_000)

        key = store.put_file(upload)

        assert key == hashlib.sha256(b"x" * 3_000_000).hexdigest()
        assert store.size(key) == 3_000_000
        assert upload.exists()

    def test_an_empty_blob_is_a_blob(self, store: BlobStore) -> None:
        assert store.get(store.put(b"")) == b""

    def test_what_is_not_there_is_said_to_be_not_there(self, store: BlobStore) -> None:
        assert not store.has(NOBODY)
        for ask in (store.get, store.size, store.open):
            with pytest.raises(NoSuchBlob):
                ask(NOBODY)

    def test_deleting_forgets_and_may_be_repeated(self, store: BlobStore) -> None:
        key = store.put(b"photo")

        store.delete(key)
        store.delete(key)

        assert not store.has(key)

    def test_many_at_once_put_the_same_bytes(self, store: BlobStore) -> None:
        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(store.put, [b"the same"] * 32))

        assert len(keys) == 1
        assert store.get(keys.pop()) == b"the same"
