"""When each picture of a file is shown, read from its packets: nothing is decoded."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from recorder_app.errors import UnreadableMedia, UnsupportedMedia
from recorder_app.media.probe import COVER, open_media, packets
from recorder_app.texts import N_


def picture_times(path: Path) -> list[Fraction]:
    """Return the times of the pictures of `path`, in seconds, in the order they are shown.

    All of the file is read. Raises UnreadableMedia, and UnsupportedMedia without pictures.
    """
    try:
        with open_media(path) as media:
            stream = _pictures(media)
            if stream is None:
                raise UnsupportedMedia(
                    N_("{path} has no pictures that could be counted."),
                    hint=N_("Give times as seconds."),
                    path=path,
                )
            base = stream.time_base or Fraction(1)
            # Packets of one time are one picture and what belongs to it.
            times = {each.pts for each in packets(media, stream) if each.pts is not None}
    except (av.FFmpegError, OSError) as error:
        raise UnreadableMedia(
            N_("{path} cannot be read ({reason})."), path=path, reason=error.strerror or error
        ) from error
    return [time * base for time in sorted(times)]


def _pictures(media: InputContainer) -> VideoStream | None:
    for stream in media.streams.video:
        # A cover picture in a sound file is no track.
        if stream.codec_context and not stream.disposition & COVER:
            return stream
    return None
