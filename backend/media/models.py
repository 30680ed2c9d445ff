"""What is kept of files: a key per visit, the finished ones, and those under way."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Id


class VisitKey(Base):
    """The data key of a visit, wrapped under the installation's master key. Deleting it erases the visit's files."""

    __tablename__ = "visit_key"

    org_id: Mapped[str] = mapped_column(Id, primary_key=True)
    visit: Mapped[str] = mapped_column(Id, primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class BlobRow(Base):
    """A finished file of a visit. `sha256` is of the uploaded bytes, which are never served.

    `original`, `picture` and `thumbnail` are keys of the blob store, where everything lies encrypted under the visit's
    key. `state`: stored (no derivative yet, or a document), ready (has its derivative), unreadable. `w`, `h`: pixels of
    the derivative.
    """

    __tablename__ = "blob"
    __table_args__ = (UniqueConstraint("org_id", "visit", "sha256"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id)
    visit: Mapped[str] = mapped_column(Id)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    filetype: Mapped[str] = mapped_column(String(40))
    person: Mapped[str] = mapped_column(Id)
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    original: Mapped[str] = mapped_column(String(64))
    picture: Mapped[str | None] = mapped_column(String(64))
    picture_sha256: Mapped[str | None] = mapped_column(String(64))
    thumbnail: Mapped[str | None] = mapped_column(String(64))
    w: Mapped[int | None] = mapped_column(Integer)
    h: Mapped[int | None] = mapped_column(Integer)


class Upload(Base):
    """A file under way. Its bytes up to `offset` lie in DATA_DIR/uploads/<id>; a finished one has no row here."""

    __tablename__ = "upload"
    __table_args__ = (
        UniqueConstraint("org_id", "device", "visit", "sha256"),
        Index("ix_upload_expires_at", "expires_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id)
    device: Mapped[str] = mapped_column(Id)
    person: Mapped[str] = mapped_column(Id)
    visit: Mapped[str] = mapped_column(Id)
    sha256: Mapped[str] = mapped_column(String(64))
    filetype: Mapped[str] = mapped_column(String(40))
    length: Mapped[int] = mapped_column(Integer)
    offset: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime]


class UploadDay(Base):
    """Bytes of files that were taken from a device on one day of UTC; what was refused does not count."""

    __tablename__ = "upload_day"

    device: Mapped[str] = mapped_column(Id, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id)
    bytes: Mapped[int] = mapped_column(BigInteger)
