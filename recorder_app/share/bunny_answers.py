"""What Bunny Stream answers: the fields that are used, and what its numbers mean.

Most texts may be null, and fields are added over time; unknown ones are ignored.
"""

from __future__ import annotations

import re

import msgspec

from recorder_app.errors import AnswerUnreadable
from recorder_app.share.destination import RemoteState, RemoteStatus
from recorder_app.texts import N_

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

# The `status` of a video. Webhooks count otherwise: there 3 is finished.
_CREATED, _FINISHED, _ERROR, _UPLOAD_FAILED = 0, 4, 5, 6


class TranscodingMessage(msgspec.Struct, frozen=True):
    level: int = 0
    message: str | None = None


class Video(msgspec.Struct, frozen=True, rename="camel"):
    """A video; `status` as in the documentation, `encode_progress` 0 to 100."""

    guid: str
    title: str | None = None
    status: int = _CREATED
    views: int | None = None
    encode_progress: float | None = None
    available_resolutions: str | None = None
    has_mp4_fallback: bool | None = msgspec.field(default=None, name="hasMP4Fallback")
    thumbnail_file_name: str | None = None
    collection_id: str | None = None
    average_watch_time: float | None = None
    total_watch_time: float | None = None
    transcoding_messages: list[TranscodingMessage] | None = None

    @property
    def heights(self) -> list[int]:
        """Return the heights of its renditions in pixels, the smallest first."""
        names = (self.available_resolutions or "").split(",")
        return sorted(int(name[:-1]) for name in names if re.fullmatch(r"[0-9]{2,5}p", name))


class FoundVideos(msgspec.Struct, frozen=True):
    items: list[Video]


class PlayData(msgspec.Struct, frozen=True, rename="camel"):
    video_playlist_url: str | None = None
    thumbnail_url: str | None = None


class VideoCollection(msgspec.Struct, frozen=True, rename="camel"):
    guid: str
    name: str | None = None
    video_count: int | None = None


class FoundCollections(msgspec.Struct, frozen=True):
    items: list[VideoCollection]


class Done(msgspec.Struct, frozen=True):
    """The answer to a change."""

    success: bool
    message: str | None = None


def is_guid(text: str) -> bool:
    """Whether `text` is an id as Bunny makes them."""
    return _GUID.fullmatch(text) is not None


def checked_video_id(video_id: str) -> str:
    """Return an id that may become a part of addresses. Raises AnswerUnreadable."""
    if not is_guid(video_id):
        raise AnswerUnreadable(N_("The service names the video in an unknown way."))
    return video_id


def remote_status(video: Video) -> RemoteStatus:
    """Return what the numbers of `video` mean; ones that are not documented are still at work."""
    share = None if video.encode_progress is None else video.encode_progress / 100
    if video.status == _CREATED:
        return RemoteStatus(RemoteState.LINK_MADE)
    if video.status == _FINISHED:
        return RemoteStatus(RemoteState.PLAYABLE, 1.0)
    if video.status in (_ERROR, _UPLOAD_FAILED):
        said = [each for each in video.transcoding_messages or () if each.message]
        said.sort(key=lambda each: each.level)
        return RemoteStatus(RemoteState.FAILED, share, said[-1].message or "" if said else "")
    return RemoteStatus(RemoteState.UPLOADED, share)
