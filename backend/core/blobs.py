"""Where finished files live. A blob is its bytes: the key is their SHA-256, so putting twice is putting once."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from flask import Flask, current_app

from backend.core.files import sync_folder

KEY = "singgah.blobs"
BLOB_KEY = re.compile(r"[0-9a-f]{64}")
CHUNK = 1 << 20


class NoSuchBlob(LookupError):
    """Nothing is kept under this key."""


class BlobStore(Protocol):
    """What every store does; its suite is tests/backend/core/blob_store_contract.py."""

    def put(self, data: bytes) -> str:
        """Keep the bytes durably and answer their key."""

    def put_file(self, path: Path) -> str:
        """Keep a file's bytes durably and answer their key; the file itself stays where it is."""

    def get(self, key: str) -> bytes:
        """The bytes; NoSuchBlob."""

    def open(self, key: str) -> BinaryIO:
        """A stream of the bytes, closed by the caller; NoSuchBlob."""

    def has(self, key: str) -> bool:
        """Whether it is kept."""

    def size(self, key: str) -> int:
        """Number of bytes; NoSuchBlob."""

    def delete(self, key: str) -> None:
        """Forget it; nothing happens when it is not there."""

    def keys(self) -> Iterator[str]:
        """Every key, in no order."""


class FolderBlobs:
    """Blobs as files `ab/cdef…` of one folder: written aside, synced, then renamed, so that none is ever half."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, data: bytes) -> str:
        """See BlobStore."""
        key = hashlib.sha256(data).hexdigest()
        if not self.has(key):
            aside = self._aside()
            with _new(aside) as file:
                file.write(data)
                _sync(file)
            self._keep(aside, key)
        return key

    def put_file(self, path: Path) -> str:
        """See BlobStore. Hashed while it is copied: the key is of the bytes that are kept."""
        aside, digest = self._aside(), hashlib.sha256()
        try:
            with path.open("rb") as source, _new(aside) as file:
                while chunk := source.read(CHUNK):
                    digest.update(chunk)
                    file.write(chunk)
                _sync(file)
            self._keep(aside, digest.hexdigest())
        finally:
            aside.unlink(missing_ok=True)
        return digest.hexdigest()

    def get(self, key: str) -> bytes:
        """See BlobStore."""
        with self.open(key) as file:
            return file.read()

    def open(self, key: str) -> BinaryIO:
        """See BlobStore."""
        try:
            return self.path(key).open("rb")
        except FileNotFoundError as missing:
            raise NoSuchBlob(key) from missing

    def has(self, key: str) -> bool:
        """See BlobStore."""
        return self.path(key).is_file()

    def size(self, key: str) -> int:
        """See BlobStore."""
        try:
            return self.path(key).stat().st_size
        except FileNotFoundError as missing:
            raise NoSuchBlob(key) from missing

    def delete(self, key: str) -> None:
        """See BlobStore."""
        self.path(key).unlink(missing_ok=True)

    def keys(self) -> Iterator[str]:
        """See BlobStore."""
        for path in self.folder.glob("??/*"):
            key = path.parent.name + path.name
            if BLOB_KEY.fullmatch(key):
                yield key

    def free(self) -> int:
        """Bytes that the folder's disk still takes."""
        return shutil.disk_usage(self.folder).free

    def path(self, key: str) -> Path:
        """Where its bytes lie, or would lie; NoSuchBlob for what cannot be a key."""
        if not BLOB_KEY.fullmatch(key):
            raise NoSuchBlob("a key is 64 hexadecimal digits")
        return self.folder / key[:2] / key[2:]

    def _aside(self) -> Path:
        return self.folder / f".new-{secrets.token_hex(8)}"

    def _keep(self, aside: Path, key: str) -> None:
        path = self.path(key)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        aside.replace(path)
        for folder in (path.parent, self.folder):
            sync_folder(folder)


def _new(path: Path) -> BinaryIO:
    return cast(BinaryIO, os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"))


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def init_app(app: Flask, store: BlobStore) -> None:
    """Give the application its store."""
    app.extensions[KEY] = store


def store() -> BlobStore:
    """The store of the current application."""
    return cast(BlobStore, current_app.extensions[KEY])
