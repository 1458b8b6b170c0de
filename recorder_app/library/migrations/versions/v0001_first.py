"""The first schema of the library."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_subject", "audit_log", ["subject_id", "at"], unique=False)
    op.create_table(
        "projects",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
        sa.UniqueConstraint("name", name="uq_projects_name"),
    )
    op.create_table(
        "recording_sessions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("recording_type", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("duration_s", sa.Double(), nullable=False),
        sa.Column("pauses", sa.JSON(), nullable=False),
        sa.Column("devices", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("health", sa.JSON(), nullable=False),
        sa.Column("path", sa.String(), nullable=True),
        sa.Column("owner_pid", sa.Integer(), nullable=True),
        sa.Column("owner_started", sa.Double(), nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_recording_sessions"),
    )
    op.create_index(
        "ix_recording_sessions_started_at", "recording_sessions", ["started_at"], unique=False
    )
    op.create_index("ix_recording_sessions_status", "recording_sessions", ["status"], unique=False)
    op.create_table(
        "tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tags"),
        sa.UniqueConstraint("name", name="uq_tags_name"),
    )
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("recording_type", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("container", sa.String(), nullable=False),
        sa.Column("video_codec", sa.String(), nullable=False),
        sa.Column("audio_codecs", sa.JSON(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("checksum", sa.String(), nullable=True),
        sa.Column("mime_type", sa.String(), nullable=False),
        sa.Column("quality", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("thumbnail", sa.String(), nullable=True),
        sa.Column("is_favourite", sa.Boolean(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("share_links", sa.JSON(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("project_id", sa.String(length=26), nullable=True),
        sa.Column("session_id", sa.String(length=26), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name="fk_recordings_project_id_projects",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["recording_sessions.id"],
            name="fk_recordings_session_id_recording_sessions",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recordings"),
    )
    op.create_index("ix_recordings_checksum", "recordings", ["checksum"], unique=False)
    op.create_index(
        "ix_recordings_created_at",
        "recordings",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recordings_deleted_at",
        "recordings",
        ["deleted_at"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_index(
        "ix_recordings_duration_s",
        "recordings",
        ["duration_s"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recordings_file_size",
        "recordings",
        ["file_size"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recordings_filters",
        "recordings",
        [
            "deleted_at",
            "created_at",
            "duration_s",
            "recording_type",
            "status",
            "is_favourite",
            "project_id",
            "share_links",
            "id",
        ],
        unique=False,
    )
    op.create_index("ix_recordings_path", "recordings", ["path"], unique=False)
    op.create_index(
        "ix_recordings_project_id", "recordings", ["project_id", "created_at"], unique=False
    )
    op.create_index("ix_recordings_status", "recordings", ["status", "created_at"], unique=False)
    op.create_index(
        "ix_recordings_title",
        "recordings",
        ["title"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "frames",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("recording_id", sa.String(length=26), nullable=False),
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_frames_recording_id_recordings",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_frames"),
    )
    op.create_index("ix_frames_recording_id", "frames", ["recording_id", "at_s"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.String(length=26), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("checkpoint", sa.JSON(), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("run_after", sa.DateTime(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_jobs_recording_id_recordings",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index(
        "ix_jobs_next", "jobs", ["state", "lane", "priority", "run_after"], unique=False
    )
    op.create_index("ix_jobs_recording_id", "jobs", ["recording_id"], unique=False)
    op.create_table(
        "recording_edits",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("recording_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("undo", sa.JSON(), nullable=False),
        sa.Column("applied_at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_recording_edits_recording_id_recordings",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recording_edits"),
        sa.UniqueConstraint("recording_id", "position", name="uq_recording_edits_recording_id"),
    )
    op.create_table(
        "recording_tags",
        sa.Column("recording_id", sa.String(length=26), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_recording_tags_recording_id_recordings",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name="fk_recording_tags_tag_id_tags", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("recording_id", "tag_id", name="pk_recording_tags"),
    )
    op.create_index(
        "ix_recording_tags_tag_id", "recording_tags", ["tag_id", "recording_id"], unique=False
    )
    op.create_table(
        "transcripts",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("recording_id", sa.String(length=26), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("cues", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_transcripts_recording_id_recordings",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_transcripts"),
        sa.UniqueConstraint("recording_id", "language", name="uq_transcripts_recording_id"),
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("recording_id", sa.String(length=26), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=True),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_uploads_recording_id_recordings",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_recording_id", "uploads", ["recording_id"], unique=False)
    op.create_table(
        "annotations",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("recording_id", sa.String(length=26), nullable=False),
        sa.Column("frame_id", sa.String(length=26), nullable=True),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("shapes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["frames.id"], name="fk_annotations_frame_id_frames", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_annotations_recording_id_recordings",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_annotations"),
    )
    op.create_index(
        "ix_annotations_recording_id", "annotations", ["recording_id", "at_s"], unique=False
    )
    for statement in (*_SEARCH, *_search_triggers()):
        op.execute(statement)


# What the search needs; search_index.py says what the tables mean. The tokenizer for ASCII takes
# words as they are given, which is what is wanted there.
_SEARCH = (
    "CREATE TABLE search_pending (recording_id TEXT NOT NULL)",
    "CREATE INDEX ix_search_pending_recording_id ON search_pending (recording_id)",
    "CREATE TABLE search_rows (number INTEGER PRIMARY KEY, recording_id TEXT NOT NULL UNIQUE,"
    " title_key TEXT NOT NULL, created_at TEXT, duration_s REAL, recording_type TEXT, status TEXT,"
    " is_favourite INTEGER, project_id TEXT, share_links TEXT)",
    "CREATE INDEX ix_search_rows_title_key ON search_rows (title_key)",
    "CREATE TABLE search_words (number INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE)",
    "CREATE VIRTUAL TABLE search_index USING fts5(title, tags, project, description, annotations,"
    " transcript, tokenize = 'ascii', prefix = '1 2 3')",
)


def _search_triggers() -> list[str]:
    """Return the triggers that note which recordings changed, whoever changes them."""
    recording = "VALUES ({row}.id)"
    child = "VALUES ({row}.recording_id)"
    of_tag = "SELECT recording_id FROM recording_tags WHERE tag_id = NEW.id"
    of_project = "SELECT id FROM recordings WHERE project_id = NEW.id"
    texts = "title, description, project_id, created_at, deleted_at"
    noted = [
        ("recordings", "INSERT", recording.format(row="NEW")),
        ("recordings", f"UPDATE OF {texts}", recording.format(row="NEW")),
        ("recordings", "DELETE", recording.format(row="OLD")),
        ("tags", "UPDATE OF name", of_tag),
        ("projects", "UPDATE OF name", of_project),
    ]
    for table in ("recording_tags", "annotations", "transcripts"):
        noted += [
            (table, "INSERT", child.format(row="NEW")),
            (table, "UPDATE", child.format(row="NEW")),
            (table, "DELETE", child.format(row="OLD")),
        ]
    filters = ("duration_s", "recording_type", "status", "is_favourite", "share_links")
    return [
        *(
            f"CREATE TRIGGER search_{table}_{event.split()[0].lower()} AFTER {event} ON {table}"
            f" BEGIN INSERT INTO search_pending {values}; END"
            for table, event, values in noted
        ),
        # What changes no word needs no new row.
        f"CREATE TRIGGER search_filters AFTER UPDATE OF {', '.join(filters)} ON recordings BEGIN"
        f" UPDATE search_rows SET {', '.join(f'{each} = NEW.{each}' for each in filters)}"
        " WHERE recording_id = NEW.id; END",
    ]
