"""The tables. Times are UTC, durations seconds, sizes bytes; deleted rows stay until purged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from recorder_app.library.ids import new_id

# Names for every constraint, so that migrations can find them.
_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_ID = String(26)


class UtcTime(TypeDecorator[datetime]):
    """Times with their zone in Python, UTC without it in the database. Refuses naive ones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - the base class passes it
    ) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - the base class passes it
    ) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def _now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar = {datetime: UtcTime, dict[str, Any]: JSON, list[Any]: JSON}


class Project(Base):
    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(_ID, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=_now)


class Tag(Base):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class RecordingTag(Base):
    __tablename__ = "recording_tags"
    __table_args__ = (Index("ix_recording_tags_tag_id", "tag_id", "recording_id"),)

    recording_id: Mapped[str] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)


class RecordingSessionRow(Base):
    """One take, whatever came of it."""

    __tablename__ = "recording_sessions"
    __table_args__ = (
        Index("ix_recording_sessions_status", "status"),
        Index("ix_recording_sessions_started_at", "started_at"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True, default=new_id)
    recording_type: Mapped[str]
    status: Mapped[str] = mapped_column(default="active")
    started_at: Mapped[datetime] = mapped_column(default=_now)
    ended_at: Mapped[datetime | None]
    duration_s: Mapped[float] = mapped_column(default=0.0)
    pauses: Mapped[list[Any]] = mapped_column(default=list)
    devices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    health: Mapped[list[Any]] = mapped_column(default=list)
    path: Mapped[str | None]
    owner_pid: Mapped[int | None]
    owner_started: Mapped[float | None]
    error: Mapped[dict[str, Any] | None]


class Recording(Base):
    __tablename__ = "recordings"
    __table_args__ = (
        # One for each order of the library's first page, without what was deleted.
        Index("ix_recordings_created_at", "created_at", sqlite_where=text("deleted_at IS NULL")),
        Index("ix_recordings_title", "title", sqlite_where=text("deleted_at IS NULL")),
        Index("ix_recordings_duration_s", "duration_s", sqlite_where=text("deleted_at IS NULL")),
        Index("ix_recordings_file_size", "file_size", sqlite_where=text("deleted_at IS NULL")),
        Index("ix_recordings_project_id", "project_id", "created_at"),
        Index("ix_recordings_status", "status", "created_at"),
        # All that lists are filtered by, so that finding a few of 100,000 reads no row at all.
        Index(
            "ix_recordings_filters",
            *("deleted_at", "created_at", "duration_s", "recording_type", "status"),
            *("is_favourite", "project_id", "share_links", "id"),
        ),
        Index("ix_recordings_checksum", "checksum"),
        Index("ix_recordings_path", "path"),
        Index(
            "ix_recordings_deleted_at", "deleted_at", sqlite_where=text("deleted_at IS NOT NULL")
        ),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True, default=new_id)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    recording_type: Mapped[str]
    path: Mapped[str]
    container: Mapped[str] = mapped_column(default="")
    video_codec: Mapped[str] = mapped_column(default="")
    audio_codecs: Mapped[list[Any]] = mapped_column(default=list)
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    duration_s: Mapped[float] = mapped_column(default=0.0)
    file_size: Mapped[int] = mapped_column(default=0)
    checksum: Mapped[str | None]
    mime_type: Mapped[str] = mapped_column(default="")
    quality: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="completed")
    thumbnail: Mapped[str | None]
    is_favourite: Mapped[bool] = mapped_column(default=False)
    platform: Mapped[str] = mapped_column(default="")
    content_type: Mapped[str] = mapped_column(default="")
    share_links: Mapped[dict[str, Any]] = mapped_column(default=dict)
    details: Mapped[dict[str, Any]] = mapped_column("metadata", default=dict)
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"))
    session_id: Mapped[str | None] = mapped_column(
        ForeignKey("recording_sessions.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = mapped_column(default=_now)
    updated_at: Mapped[datetime] = mapped_column(default=_now, onupdate=_now)
    deleted_at: Mapped[datetime | None]

    project: Mapped[Project | None] = relationship(lazy="joined")
    tags: Mapped[list[Tag]] = relationship(
        secondary="recording_tags", lazy="selectin", order_by="Tag.name"
    )


class RecordingEdit(Base):
    """One step of a recording's edit list; the file it is about is never changed."""

    __tablename__ = "recording_edits"
    __table_args__ = (UniqueConstraint("recording_id", "position"),)

    id: Mapped[str] = mapped_column(_ID, primary_key=True, default=new_id)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))
    position: Mapped[int]
    operation: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undo: Mapped[dict[str, Any]] = mapped_column(default=dict)
    applied_at: Mapped[datetime] = mapped_column(default=_now)
    undone_at: Mapped[datetime | None]


class Job(Base):
    """Work in the background; see the job queue for what the columns mean."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_next", "state", "lane", "priority", "run_after"),
        Index("ix_jobs_recording_id", "recording_id"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True, default=new_id)
    kind: Mapped[str]
    lane: Mapped[str] = mapped_column(default="default")
    state: Mapped[str] = mapped_column(default="queued")
    priority: Mapped[int] = mapped_column(default=0)
    recording_id: Mapped[str | None] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE")
    )
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    checkpoint: Mapped[dict[str, Any]] = mapped_column(default=dict)
    progress: Mapped[float] = mapped_column(default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[datetime] = mapped_column(default=_now)
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    error: Mapped[dict[str, Any] | None]
    result: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=_now)
    updated_at: Mapped[datetime] = mapped_column(default=_now, onupdate=_now)


class Upload(Base):
    __tablename__ = "uploads"
    __table_args__ = (Index("ix_uploads_recording_id", "recording_id"),)

    id: Mapped[str] = mapped_column(_ID, primary_key=True, default=new_id)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))
    destination: Mapped[str]
    state: Mapped[str] = mapped_column(default="queued")
    remote_id: Mapped[str | None]
    link: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=_now)
    updated_at: Mapped[datetime] = mapped_column(default=_now, onupdate=_now)


class Frame(Base):
    """A still picture taken out of a recording; those taken together share a `batch`."""

    __tablename__ = "frames"
    __table_args__ = (Index("ix_frames_recording_id", "recording_id", "at_s"),)

    id: Mapped[str] = mapped_column(_ID, primary_key=True, default=new_id)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))
    batch: Mapped[str] = mapped_column(default="")
    at_s: Mapped[float]
    path: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=_now)


class Annotation(Base):
    """A note on a moment of a recording, or on a frame."""

    __tablename__ = "annotations"
    __table_args__ = (Index("ix_annotations_recording_id", "recording_id", "at_s"),)

    id: Mapped[str] = mapped_column(_ID, primary_key=True, default=new_id)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))
    frame_id: Mapped[str | None] = mapped_column(ForeignKey("frames.id", ondelete="SET NULL"))
    at_s: Mapped[float] = mapped_column(default=0.0)
    text: Mapped[str] = mapped_column(default="")
    shapes: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=_now)


class Transcript(Base):
    __tablename__ = "transcripts"
    __table_args__ = (UniqueConstraint("recording_id", "language"),)

    id: Mapped[str] = mapped_column(_ID, primary_key=True, default=new_id)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(default="")
    cues: Mapped[list[Any]] = mapped_column(default=list)
    text: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=_now)


class AuditEntry(Base):
    """Who did what to which row; kept when the row is gone."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_subject", "subject_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=_now)
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
