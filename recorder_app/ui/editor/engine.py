"""Qt's player behind a few signals. Only this module loads QtMultimedia: import it when needed."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QObject, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import (
    QAudioOutput,
    QMediaDevices,
    QMediaMetaData,
    QMediaPlayer,
    QtAudio,
    QVideoFrame,
    QVideoFrameFormat,
    QVideoSink,
)

from recorder_app.errors import RecorderError, UnreadableMedia
from recorder_app.media.shown import Converter, Decoded
from recorder_app.texts import N_, translate
from recorder_app.ui.editor import player_log
from recorder_app.ui.editor.images import image_of
from recorder_app.ui.editor.overtaking import Overtaking

_Pixel = QVideoFrameFormat.PixelFormat
_FORMATS = {
    _Pixel.Format_YUV420P: "yuv420p",
    _Pixel.Format_YUV422P: "yuv422p",
    _Pixel.Format_NV12: "nv12",
    _Pixel.Format_NV21: "nv21",
    _Pixel.Format_P010: "p010le",
    _Pixel.Format_YUV420P10: "yuv420p10le",
    _Pixel.Format_Y8: "gray",
    _Pixel.Format_BGRA8888: "bgra",
    _Pixel.Format_RGBA8888: "rgba",
}
_Status = QMediaPlayer.MediaStatus
_Space = QVideoFrameFormat.ColorSpace
_IS_BT709 = {_Space.ColorSpace_BT709: True, _Space.ColorSpace_BT601: False}


class PlaybackEngine(QObject):
    """Plays a file. Times are in seconds of the file.

    `pictured` carries a QImage in the size it is shown in and its time, `moved` the position,
    `tracks_found` the names of the sound tracks, and `failed` a RecorderError.
    """

    pictured = Signal(QImage, float)
    moved = Signal(float)
    length_found = Signal(float)
    playing_changed = Signal(bool)
    ended = Signal()
    tracks_found = Signal(list)
    failed = Signal(object)

    # To the player, past Python: it waits for threads of its own, which must not wait meanwhile
    # for what we hold, as they do when they have something to log.
    _do_open = Signal(QUrl)
    _do_play = Signal()
    _do_pause = Signal()
    _do_stop = Signal()
    _do_seek = Signal("qlonglong")  # type: ignore[arg-type]  # the stubs know classes only
    _do_choose = Signal(int)
    _asked = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._path = ""
        self._room = QSize(1280, 720)
        self._converter = Converter()
        self._convert = Overtaking(self, "player-pictures")
        self._generation = 0
        self._player = player_log.quietly(lambda: QMediaPlayer(self))
        self._sound = QAudioOutput(self)
        self._sink = QVideoSink(self)
        self._devices = QMediaDevices(self)
        self._at_s = 0.0
        # A player that loads forgets where it shall stand and whether it shall play: we do not.
        self._is_asked = self._is_loaded = False
        self._shall_play = False
        queued = Qt.ConnectionType.QueuedConnection
        self._do_open.connect(self._player.setSource, queued)
        self._asked.connect(self._on_asked, queued)
        self._do_play.connect(self._player.play, queued)
        self._do_pause.connect(self._player.pause, queued)
        self._do_stop.connect(self._player.stop, queued)
        self._do_seek.connect(self._player.setPosition, queued)
        self._do_choose.connect(self._player.setActiveAudioTrack, queued)
        self._player.setAudioOutput(self._sound)
        self._player.setVideoSink(self._sink)
        self._sink.videoFrameChanged.connect(self._on_frame)
        self._player.positionChanged.connect(self._on_moved)
        self._player.durationChanged.connect(lambda long: self.length_found.emit(long / 1000))
        self._player.playingChanged.connect(self.playing_changed)
        self._player.tracksChanged.connect(self._on_tracks)
        self._player.mediaStatusChanged.connect(self._on_status)
        self._player.errorOccurred.connect(self._on_error)
        # Headphones that are plugged in are used from then on.
        self._devices.audioOutputsChanged.connect(
            lambda: self._sound.setDevice(QMediaDevices.defaultAudioOutput())
        )

    @property
    def is_playing(self) -> bool:
        """Whether it plays, or will as soon as the file is loaded."""
        return self._player.isPlaying() or (self._shall_play and not self._is_loaded)

    @property
    def position_s(self) -> float:
        return self._at_s

    @property
    def length_s(self) -> float:
        """How long the file is; 0 until it is loaded."""
        return self._player.duration() / 1000 if self._is_loaded else 0.0

    @property
    def is_loaded(self) -> bool:
        return self._is_loaded

    @property
    def track(self) -> int:
        """Which sound track is heard, counted from 0."""
        return self._player.activeAudioTrack()

    def open(self, path: str) -> None:
        """Load a file and stand at its beginning. Returns at once; `failed` tells what is wrong.

        Where to go and to play can be said at once, too.
        """
        self._forget(path)
        self._do_open.emit(QUrl.fromLocalFile(path))
        # What is told of loading before that is about the file before.
        self._asked.emit(self._generation)

    def close_media(self) -> None:
        """Let go of the file."""
        self._forget("")
        self._do_stop.emit()
        self._do_open.emit(QUrl())

    def shut(self) -> None:
        """End for good."""
        self.close_media()
        self._convert.close(lambda: None)

    def play(self) -> None:
        self._shall_play = True
        if self._is_loaded:
            self._do_play.emit()

    def pause(self) -> None:
        self._shall_play = False
        if self._is_loaded:
            self._do_pause.emit()

    def seek(self, at_s: float) -> None:
        """Go to a time; past the end, to the end."""
        self._at_s = max(0.0, at_s)
        if self._is_loaded:
            self._at_s = min(self._at_s, self.length_s)
            self._do_seek.emit(round(self._at_s * 1000))

    def set_speed(self, speed: float) -> None:
        self._player.setPlaybackRate(speed)

    def set_volume(self, volume: float, *, is_muted: bool) -> None:
        """Set how loud it is, 0 to 1, as it is heard."""
        scale = QtAudio.VolumeScale
        self._sound.setVolume(
            QtAudio.convertVolume(volume, scale.LogarithmicVolumeScale, scale.LinearVolumeScale)
        )
        self._sound.setMuted(is_muted)

    def set_track(self, number: int) -> None:
        self._do_choose.emit(number)

    def set_room(self, room: QSize) -> None:
        """Say how large pictures are shown, in device pixels."""
        self._room = room

    def _forget(self, path: str) -> None:
        self._generation += 1
        self._path = path
        self._at_s = 0.0
        self._is_asked = self._is_loaded = self._shall_play = False

    def _on_asked(self, generation: int) -> None:
        if generation == self._generation:
            self._is_asked = True
            self._on_status(self._player.mediaStatus())

    def _on_loaded(self) -> None:
        self._is_loaded = True
        self.length_found.emit(self.length_s)
        if self._at_s:
            self.seek(self._at_s)
        if self._shall_play:
            self._do_play.emit()
        else:
            # Shows the picture there.
            self._do_pause.emit()

    def _on_moved(self, at_ms: int) -> None:
        if self._path and self._is_loaded:
            self._at_s = at_ms / 1000
            self.moved.emit(self._at_s)

    def _on_frame(self, frame: QVideoFrame) -> None:
        if not frame.isValid() or not self._path:
            return
        room = (max(2, self._room.width()), max(2, self._room.height()))
        at_s, generation = frame.startTime() / 1e6, self._generation
        frame = QVideoFrame(frame)

        def shown(image: QImage | None) -> None:
            if image is not None and generation == self._generation:
                self.pictured.emit(image, at_s)

        self._convert.ask(0, lambda: _image(self._converter, frame, room), shown)

    def _on_tracks(self) -> None:
        self.tracks_found.emit(
            [_name(each, number) for number, each in enumerate(self._player.audioTracks(), 1)]
        )

    def _on_status(self, status: QMediaPlayer.MediaStatus) -> None:
        is_new = self._is_asked and not self._is_loaded
        if is_new and status in (_Status.LoadedMedia, _Status.BufferedMedia):
            self._on_loaded()
        elif status is _Status.EndOfMedia:
            self.ended.emit()

    def _on_error(self, error: QMediaPlayer.Error, reason: str) -> None:
        self._shall_play = False
        if error is not QMediaPlayer.Error.NoError and self._path:
            self.failed.emit(_told(self._path, reason))


def _told(path: str, reason: str) -> RecorderError:
    return UnreadableMedia(
        N_("{path} cannot be played here ({reason})."),
        hint=N_("The file was not changed. Try another player, or export it in another format."),
        path=path,
        reason=reason,
    )


def _name(track: QMediaMetaData, number: int) -> str:
    key = QMediaMetaData.Key
    title = track.stringValue(key.Title)
    if title:
        return title
    language = track.value(key.Language)
    if isinstance(language, QLocale.Language) and language is not QLocale.Language.AnyLanguage:
        return QLocale.languageToString(language)
    return translate(N_("Sound track {number}"), number=number)


def _image(converter: Converter, frame: QVideoFrame, room: tuple[int, int]) -> QImage | None:
    """Return a picture as it is shown. Not in the thread that draws: it takes some milliseconds."""
    about = frame.surfaceFormat()
    name = _FORMATS.get(frame.pixelFormat())
    if name is None or not frame.map(QVideoFrame.MapMode.ReadOnly):
        image = frame.toImage()
        return None if image.isNull() else image
    try:
        planes = [
            (memoryview(frame.bits(plane)), frame.bytesPerLine(plane))
            for plane in range(frame.planeCount())
        ]
        is_full = about.colorRange() is QVideoFrameFormat.ColorRange.ColorRange_Full
        picture = Decoded(
            name,
            frame.width(),
            frame.height(),
            planes,
            is_full_range=is_full,
            is_bt709=_IS_BT709.get(about.colorSpace()),
            turn=_turn(frame),
        )
        return image_of(converter.decoded(picture, room))
    finally:
        frame.unmap()


def _turn(frame: QVideoFrame) -> int:
    """Return by how many degrees it is to be turned clockwise."""
    about = frame.surfaceFormat().rotation()
    return int(about.value)
