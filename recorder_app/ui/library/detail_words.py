"""What people read of a recording's facts, edits and history. Without the toolkit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from recorder_app.texts import N_, clock_text, size_text, translate
from recorder_app.ui.library.words import short_clock, when_text

if TYPE_CHECKING:
    from recorder_app.services.details import AuditLine, TakeEntry, TrackEntry
    from recorder_app.services.editing import StepEntry
    from recorder_app.services.library import RecordingEntry
    from recorder_app.services.links import AudienceEntry

TYPES = {
    "screen": N_("Screen"),
    "window": N_("Window"),
    "region": N_("Area"),
    "webcam": N_("Camera"),
    "audio": N_("Sound"),
    "video": N_("Video"),
}
_CODECS = {
    "vp8": "VP8",
    "vp9": "VP9",
    "av1": "AV1",
    "h264": "H.264",
    "hevc": "H.265",
    "opus": "Opus",
    "aac": "AAC",
    "vorbis": "Vorbis",
    "mp3": "MP3",
    "flac": "FLAC",
}
_CONTAINERS = {"webm": "WebM", "mp4": "MP4", "mkv": "Matroska", "matroska": "Matroska"}
_STATUSES = {
    "completed": N_("Complete"),
    "recovered": N_("Recovered after a crash"),
    "imported": N_("Imported"),
    "missing": N_("File missing"),
}
_TRACKS = {
    "screen": N_("Picture"),
    "video": N_("Picture"),
    "camera": N_("Camera"),
    "microphone": N_("Microphone"),
    "system": N_("System sound"),
    "sound": N_("Sound"),
}
_ACTIONS = {
    "added": N_("Added to the library"),
    "deleted": N_("Moved to the trash"),
    "restored": N_("Taken out of the trash"),
    "edited": N_("Edited"),
    "undone": N_("Edit undone"),
    "redone": N_("Edit redone"),
    "withdrawn": N_("Edit taken back"),
    "frame taken": N_("Still picture taken"),
    "annotated": N_("Note added"),
    "annotation removed": N_("Note removed"),
    "transcript added": N_("Transcript added"),
    "transcript removed": N_("Transcript removed"),
    "shared": N_("Shared at “{destination}”"),
    "unshared": N_("No longer shared at “{destination}”"),
    "freed": N_("File moved to the trash, a copy is at “{destination}”"),
}
_FIELDS = {
    "title": N_("title"),
    "description": N_("description"),
    "project": N_("project"),
    "tags": N_("tags"),
    "is_favourite": N_("favourite"),
    "recording_type": N_("type"),
    "platform": N_("platform"),
    "content_type": N_("content"),
    "path": N_("file"),
    "checksum": N_("checksum"),
    "status": N_("state"),
}
_STEPS = {
    "trim": N_("Trimmed to {parts}"),
    "cut": N_("Removed {parts}"),
    "restore": N_("Brought back {parts}"),
}


def type_text(recording_type: str) -> str:
    known = TYPES.get(recording_type)
    return recording_type if known is None else translate(known)


def facts_of(entry: RecordingEntry) -> list[tuple[str, str]]:
    """Return names and values of what is known of a recording's file."""
    size = f"{entry.width} × {entry.height}" if entry.width else ""
    codecs = [_CODECS.get(each, each) for each in (entry.video_codec, *entry.audio_codecs) if each]
    found = [
        (N_("Made"), when_text(entry.created_at)),
        (N_("Length"), clock_text(entry.duration_s) if entry.duration_s else ""),
        (N_("Size"), size_text(entry.file_size) if entry.file_size else ""),
        (N_("Picture size"), size),
        (N_("Codecs"), ", ".join(codecs)),
        (N_("Format"), _CONTAINERS.get(entry.container, entry.container)),
        (N_("State"), translate(_STATUSES.get(entry.status, N_("Complete")))),
        (N_("Checksum"), entry.checksum or ""),
    ]
    return [(translate(name), value) for name, value in found if value]


def take_facts(take: TakeEntry) -> list[tuple[str, str]]:
    """Return names and values of what is known of how a recording was made."""
    found = [
        (N_("Started"), when_text(take.started_at)),
        (N_("Pauses"), pauses_text(take.paused_s)),
        (N_("System"), take.system),
        *((_TRACKS.get(each.kind, N_("Track")), track_text(each)) for each in take.tracks),
    ]
    return [(translate(name), value) for name, value in found if value]


def track_text(track: TrackEntry) -> str:
    """Return what a track holds, and what made it."""
    return " · ".join(part for part in (track.description, track.encoder) if part)


def pauses_text(paused_s: Sequence[float]) -> str:
    if not paused_s:
        return ""
    whole = short_clock(sum(paused_s))
    if len(paused_s) == 1:
        return translate(N_("1, for {time}"), time=whole)
    return translate(N_("{count}, {time} in all"), count=len(paused_s), time=whole)


def step_text(step: StepEntry) -> str:
    """Return what an edit did, and whether it counts."""
    parts = ", ".join(f"{clock_text(start)} – {clock_text(end)}" for start, end in step.parts)
    text = translate(_STEPS.get(step.operation, N_("Edited {parts}")), parts=parts).strip()
    if step.state == "undone":
        return translate(N_("{step} (undone)"), step=text)
    if step.state == "replaced":
        return translate(N_("{step} (replaced)"), step=text)
    return text


def audit_text(line: AuditLine) -> str:
    """Return what was done with a recording."""
    if line.action == "changed":
        before = line.details.get("before")
        names = [translate(_FIELDS.get(each, each)) for each in (before or {})]
        if names:
            return translate(N_("Changed: {fields}"), fields=", ".join(names))
        return translate(N_("Changed"))
    known = _ACTIONS.get(line.action)
    if known is None:
        return line.action
    return translate(known, destination=line.details.get("destination", "?"))


def audience_text(found: AudienceEntry | None) -> str:
    """Return how often a copy was watched, and for how long."""
    if found is None:
        return translate(N_("This destination does not count views."))
    if found.views == 1:
        return translate(N_("1 view, {time} long"), time=short_clock(found.total_watched_s))
    return translate(
        N_("{count} views, {time} on average"),
        count=found.views,
        time=short_clock(found.average_watched_s),
    )
