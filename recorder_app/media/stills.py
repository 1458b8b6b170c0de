"""Single pictures out of a recording: the one that tells most, a strip, and the one at a time.

Reading uses the file's index and decodes one picture for each that is wanted, or a second or two of
them where the recording is short.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream

from recorder_app.errors import UnreadableMedia
from recorder_app.media.frames import Pixels
from recorder_app.texts import N_

POSTER_WIDTH = 640
STRIP_PICTURES = 10
STRIP_WIDTH = 160
# Where the poster is looked for, as shares of the length: not the very beginning, which is often a
# window being put into place.
_POSTER_PLACES = (0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.03, 0.95)
# Pictures this far apart may each be the nearest with a picture of its own; others are decoded to.
_COARSE_S = 8.0
# Quantiser of JPEG, 2 (best) to 31: text stays legible.
_JPEG_QUALITY = 4

Proceed = Callable[[float], None]
"""Told how much is done, 0 to 1; raises to stop the work."""


def poster(path: Path, duration_s: float, proceed: Proceed) -> bytes:
    """Return the most telling of some pictures of `path` as JPEG, 640 pixels wide.

    Raises UnreadableMedia.
    """
    places = [duration_s * share for share in _POSTER_PLACES]
    best: Pixels | None = None
    best_score = -1.0
    for number, picture in enumerate(_pictures(path, places, POSTER_WIDTH, is_exact=False)):
        score = _telling(picture)
        if score > best_score:
            best, best_score = picture, score
        proceed((number + 1) / len(places))
    assert best is not None
    return jpeg(best)


def strip(path: Path, duration_s: float, proceed: Proceed) -> bytes:
    """Return ten pictures from the beginning to the end of `path` side by side, as JPEG.

    Each is 160 pixels wide. Raises UnreadableMedia.
    """
    step_s = duration_s / STRIP_PICTURES
    places = [(number + 0.5) * step_s for number in range(STRIP_PICTURES)]
    row: list[Pixels] = []
    for picture in _pictures(path, places, STRIP_WIDTH, is_exact=step_s < _COARSE_S):
        row.append(picture)
        proceed(len(row) / len(places))
    return jpeg(np.concatenate(row, axis=1))


def still(path: Path, at_s: float) -> Pixels:
    """Return the picture that is shown `at_s` seconds into `path`, in its own size, as RGB.

    Raises UnreadableMedia.
    """
    with _opened(path) as (source, stream):
        frame = _frame_at(source, stream, at_s, is_exact=True)
        if frame is None or (frame.time is not None and frame.time > at_s):
            # A file whose index leads nowhere, or too far: all of it up to there.
            frame = _frame_at(source, stream, 0.0, until_s=at_s, is_exact=True) or frame
        if frame is None:
            raise UnreadableMedia(N_("There is no picture in {path}."), path=path)
        picture = rgb(VideoReformatter(), frame, frame.width, frame.height)
        # Phones write pictures lying down, and how they are to be turned.
        return np.ascontiguousarray(np.rot90(picture, round(frame.rotation / 90)))


def png(picture: Pixels) -> bytes:
    """Return an RGB picture as PNG, without loss."""
    height, width = picture.shape[:2]
    codec = av.CodecContext.create("png", "w")
    assert isinstance(codec, VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt = width, height, "rgb24"
    codec.framerate = Fraction(1)
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*codec.encode(frame), *codec.encode(None)])


def jpeg(picture: Pixels) -> bytes:
    """Return an RGB picture, of an even width and height, as JPEG."""
    height, width = picture.shape[:2]
    codec = av.CodecContext.create("mjpeg", "w")
    assert isinstance(codec, VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt = width, height, "yuvj420p"
    codec.framerate = Fraction(1)
    codec.qmin = codec.qmax = _JPEG_QUALITY
    # As JFIF has it: all of the range, and the matrix of BT.601.
    frame = VideoReformatter().reformat(
        av.VideoFrame.from_ndarray(picture, format="rgb24"),
        format="yuvj420p",
        dst_colorspace=Colorspace.ITU601,
        dst_color_range=ColorRange.JPEG,
    )
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*codec.encode(frame), *codec.encode(None)])


def _pictures(path: Path, places: list[float], width: int, *, is_exact: bool) -> Iterator[Pixels]:
    """Yield the picture at, or shortly before, each of `places` in seconds, as RGB.

    Where none can be read the last one read stands in. Raises UnreadableMedia if there is none.
    """
    scaler = VideoReformatter()
    last: Pixels | None = None
    with _opened(path) as (source, stream):
        for at_s in places:
            frame = _frame_at(source, stream, at_s, is_exact=is_exact)
            if frame is not None:
                last = _scaled(scaler, frame, width)
            if last is None:
                # A file without an index, or a place behind its end: what can be read first.
                frame = _frame_at(source, stream, 0.0, is_exact=False)
                if frame is None:
                    raise UnreadableMedia(N_("There is no picture in {path}."), path=path)
                last = _scaled(scaler, frame, width)
            yield last


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Yield `path` and the pictures in it. Raises UnreadableMedia, also where the body fails."""
    try:
        with av.open(path) as source:
            assert isinstance(source, InputContainer)
            yield source, source.streams.video[0]
    except (av.FFmpegError, OSError, IndexError) as error:
        raise UnreadableMedia(
            N_("{path} is not a recording that can be played ({reason})."), path=path, reason=error
        ) from error


def _frame_at(
    source: InputContainer,
    stream: VideoStream,
    at_s: float,
    *,
    is_exact: bool,
    until_s: float | None = None,
) -> av.VideoFrame | None:
    """Return the last picture up to `until_s`, reading from the one with an own picture by `at_s`.

    That is `at_s` itself if not given. Where there is none before, the first one after it.
    """
    until_s = at_s if until_s is None else until_s
    assert stream.time_base is not None
    found: av.VideoFrame | None = None
    try:
        source.seek(int(at_s / stream.time_base), stream=stream, backward=True)
        for frame in source.decode(stream):
            if frame.time is not None and found is not None and frame.time > until_s:
                break
            found = frame
            if not is_exact:
                break
    except av.FFmpegError:
        # Damaged there; other places may be whole.
        return found
    return found


def _scaled(scaler: VideoReformatter, frame: av.VideoFrame, width: int) -> Pixels:
    # Even, as JPEG's colours want it, and never enlarged.
    width = max(2, min(width, frame.width) // 2 * 2)
    height = max(2, round(frame.height * width / frame.width / 2) * 2)
    return rgb(scaler, frame, width, height)


def rgb(scaler: VideoReformatter, frame: av.VideoFrame, width: int, height: int) -> Pixels:
    """Return `frame` as RGB in that size."""
    # What is not tagged is taken as players take it.
    is_tagged = frame.colorspace in (Colorspace.ITU709, Colorspace.ITU601, Colorspace.SMPTE240M)
    guess = Colorspace.ITU709 if frame.height >= 720 else Colorspace.ITU601
    small = scaler.reformat(
        frame,
        width,
        height,
        format="rgb24",
        src_colorspace=frame.colorspace if is_tagged else guess,
        interpolation=Interpolation.AREA,
        threads=1,
    )
    # A plane is a buffer, which its type does not say.
    data = np.frombuffer(cast("memoryview[int]", small.planes[0]), np.uint8)
    rows = data[: small.planes[0].line_size * height].reshape(height, small.planes[0].line_size)
    return np.ascontiguousarray(rows[:, : width * 3]).reshape(height, width, 3)


def _telling(picture: Pixels) -> float:
    """Return how much there is to see: the entropy of brightness, in bits; 0 for one colour."""
    brightness = (picture @ np.array([0.299, 0.587, 0.114], np.float32)).astype(np.uint8)
    counts = np.bincount(brightness.ravel() >> 2, minlength=64)
    shares = counts[counts > 0] / brightness.size
    return float(-(shares * np.log2(shares)).sum())
