"""Settings: one frozen value, read from the environment once, failing by name at the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Config:
    """Everything that the environment may say. `database_url` is a SQLAlchemy URL, `public_url` has no final slash."""

    data_dir: Path
    database_url: str
    redis_url: str | None
    port: int
    bind: str
    public_url: str
    backup_dir: Path | None = None
    backup_every: timedelta = timedelta(hours=24)
    backup_keep: int = 14
    upload_quota: int = 500_000_000
    """Bytes of files that one tablet may send in a day of UTC."""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Config:
        """Read DATA_DIR, DATABASE_URL, REDIS_URL, PORT, BIND, PUBLIC_URL, BACKUP_DIR, BACKUP_EVERY (hours),
        BACKUP_KEEP and UPLOAD_QUOTA_MB; SystemExit names a setting that is wrong.
        """
        data_dir = Path(env.get("DATA_DIR") or "data").absolute()
        port = _port(env.get("PORT") or "8000")
        return cls(
            data_dir=data_dir,
            database_url=_database_url(env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'singgah.db'}"),
            redis_url=_redis_url(env.get("REDIS_URL")),
            port=port,
            bind=env.get("BIND") or "127.0.0.1",
            public_url=_public_url(env.get("PUBLIC_URL") or f"http://localhost:{port}"),
            backup_dir=_backup_dir(env.get("BACKUP_DIR"), data_dir),
            backup_every=timedelta(hours=_whole("BACKUP_EVERY", env.get("BACKUP_EVERY") or "24", 744)),
            backup_keep=_whole("BACKUP_KEEP", env.get("BACKUP_KEEP") or "14", 1_000),
            upload_quota=_whole("UPLOAD_QUOTA_MB", env.get("UPLOAD_QUOTA_MB") or "500", 1_000_000) * 1_000_000,
        )

    @property
    def sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url.startswith("sqlite:")

    @property
    def secure(self) -> bool:
        """Whether people reach the program over HTTPS: decides the cookie's name and HSTS."""
        return self.public_url.startswith("https:")

    @property
    def public_host(self) -> str:
        """Host and port of the one origin, as a browser writes them in the Host header."""
        return urlsplit(self.public_url).netloc

    @property
    def keys_dir(self) -> Path:
        """The folder of the installation's keys, kept outside every backup of the database."""
        return self.data_dir / "keys"

    @property
    def blobs_dir(self) -> Path:
        """The folder of finished files, addressed by content."""
        return self.data_dir / "blobs"

    @property
    def uploads_dir(self) -> Path:
        """The folder of uploads under way."""
        return self.data_dir / "uploads"


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SystemExit(f"PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def _whole(name: str, text: str, most: int) -> int:
    if not text.isdecimal() or not 0 < int(text) <= most:
        raise SystemExit(f"{name} must be a number from 1 to {most}, not {text!r}")
    return int(text)


def _backup_dir(text: str | None, data_dir: Path) -> Path | None:
    if not text:
        return None
    folder = Path(text).absolute()
    if folder == data_dir or data_dir in folder.parents:
        raise SystemExit("BACKUP_DIR must lie outside DATA_DIR, best on another disk")
    return folder


def _database_url(text: str) -> str:
    scheme, found, rest = text.partition("://")
    if found and scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        return f"postgresql+psycopg://{rest}"
    if found and scheme == "sqlite" and len(rest) > 1 and rest != "/:memory:":
        return text
    raise SystemExit("DATABASE_URL must be postgresql://… or sqlite:///path/to/file")


def _redis_url(text: str | None) -> str | None:
    if not text:
        return None
    if text.partition("://")[0] not in {"redis", "rediss", "unix"}:
        raise SystemExit("REDIS_URL must be redis://…, rediss://… or unix://…")
    return text


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/") or parts.query:
        raise SystemExit("PUBLIC_URL must be an origin such as https://field.example.com, without a path")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise SystemExit("PUBLIC_URL must be https://… unless its host is localhost")
    return f"{parts.scheme}://{parts.netloc}"
