"""The few functions of libpulse that recording needs, by ctypes.

libpulse is how programs reach PulseAudio and PipeWire. Names, numbers and layouts are those of its
public headers (``pulse/def.h``, ``introspect.h``, ``stream.h``, protocol version 35); structures
end where we stop reading them, since we only ever get pointers to them. Its calls are used from
one thread at a time per main loop.
"""

from __future__ import annotations

import ctypes
import functools
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_int,
    c_int64,
    c_size_t,
    c_uint8,
    c_uint32,
    c_void_p,
)

from recorder_app.errors import SoundServerUnavailable
from recorder_app.texts import N_

_MOST_CHANNELS = 32

SAMPLE_FLOAT32LE = 5

CONTEXT_NO_AUTOSPAWN = 1
CONTEXT_READY, CONTEXT_FAILED, CONTEXT_TERMINATED = 4, 5, 6
STREAM_READY, STREAM_FAILED, STREAM_TERMINATED = 2, 3, 4

STREAM_DONT_MOVE = 0x0200
STREAM_ADJUST_LATENCY = 0x2000

SUBSCRIBE_SINK, SUBSCRIBE_SOURCE, SUBSCRIBE_SERVER = 0x0001, 0x0002, 0x0080

ERROR_CONNECTION_REFUSED = 6


class SampleSpec(Structure):
    """``pa_sample_spec``"""

    _fields_ = (("format", c_int), ("rate", c_uint32), ("channels", c_uint8))


class ChannelMap(Structure):
    """``pa_channel_map``"""

    _fields_ = (("channels", c_uint8), ("map", c_int * _MOST_CHANNELS))


class Volume(Structure):
    """``pa_cvolume``"""

    _fields_ = (("channels", c_uint8), ("values", c_uint32 * _MOST_CHANNELS))


class ServerInfo(Structure):
    """``pa_server_info``"""

    _fields_ = (
        ("user_name", c_char_p),
        ("host_name", c_char_p),
        ("server_version", c_char_p),
        ("server_name", c_char_p),
        ("sample_spec", SampleSpec),
        ("default_sink_name", c_char_p),
        ("default_source_name", c_char_p),
    )


class SourceInfo(Structure):
    """``pa_source_info``"""

    _fields_ = (
        ("name", c_char_p),
        ("index", c_uint32),
        ("description", c_char_p),
        ("sample_spec", SampleSpec),
        ("channel_map", ChannelMap),
        ("owner_module", c_uint32),
        ("volume", Volume),
        ("mute", c_int),
        ("monitor_of_sink", c_uint32),
        ("monitor_of_sink_name", c_char_p),
    )


class BufferAttributes(Structure):
    """``pa_buffer_attr``, in bytes"""

    _fields_ = (
        ("maxlength", c_uint32),
        ("tlength", c_uint32),
        ("prebuf", c_uint32),
        ("minreq", c_uint32),
        ("fragsize", c_uint32),
    )


ServerInfoCallback = CFUNCTYPE(None, c_void_p, POINTER(ServerInfo), c_void_p)
SourceInfoCallback = CFUNCTYPE(None, c_void_p, POINTER(SourceInfo), c_int, c_void_p)
SubscribeCallback = CFUNCTYPE(None, c_void_p, c_int, c_uint32, c_void_p)

# name: (result, arguments)
_FUNCTIONS = {
    "pa_mainloop_new": (c_void_p, []),
    "pa_mainloop_free": (None, [c_void_p]),
    "pa_mainloop_get_api": (c_void_p, [c_void_p]),
    "pa_mainloop_prepare": (c_int, [c_void_p, c_int]),
    "pa_mainloop_poll": (c_int, [c_void_p]),
    "pa_mainloop_dispatch": (c_int, [c_void_p]),
    "pa_context_new": (c_void_p, [c_void_p, c_char_p]),
    "pa_context_unref": (None, [c_void_p]),
    "pa_context_connect": (c_int, [c_void_p, c_char_p, c_int, c_void_p]),
    "pa_context_disconnect": (None, [c_void_p]),
    "pa_context_get_state": (c_int, [c_void_p]),
    "pa_context_errno": (c_int, [c_void_p]),
    "pa_context_get_server_info": (c_void_p, [c_void_p, ServerInfoCallback, c_void_p]),
    "pa_context_get_source_info_list": (c_void_p, [c_void_p, SourceInfoCallback, c_void_p]),
    "pa_context_subscribe": (c_void_p, [c_void_p, c_int, c_void_p, c_void_p]),
    "pa_context_set_subscribe_callback": (None, [c_void_p, SubscribeCallback, c_void_p]),
    "pa_operation_get_state": (c_int, [c_void_p]),
    "pa_operation_cancel": (None, [c_void_p]),
    "pa_operation_unref": (None, [c_void_p]),
    "pa_strerror": (c_char_p, [c_int]),
    "pa_stream_new": (c_void_p, [c_void_p, c_char_p, POINTER(SampleSpec), c_void_p]),
    "pa_stream_unref": (None, [c_void_p]),
    "pa_stream_get_state": (c_int, [c_void_p]),
    "pa_stream_connect_record": (
        c_int,
        [c_void_p, c_char_p, POINTER(BufferAttributes), c_int],
    ),
    "pa_stream_connect_playback": (
        c_int,
        [c_void_p, c_char_p, POINTER(BufferAttributes), c_int, c_void_p, c_void_p],
    ),
    "pa_stream_disconnect": (c_int, [c_void_p]),
    "pa_stream_peek": (c_int, [c_void_p, POINTER(c_void_p), POINTER(c_size_t)]),
    "pa_stream_drop": (c_int, [c_void_p]),
    "pa_stream_write": (c_int, [c_void_p, c_void_p, c_size_t, c_void_p, c_int64, c_int]),
    "pa_stream_writable_size": (c_size_t, [c_void_p]),
    "pa_stream_get_device_index": (c_uint32, [c_void_p]),
    "pa_stream_is_suspended": (c_int, [c_void_p]),
    "pa_stream_get_buffer_attr": (POINTER(BufferAttributes), [c_void_p]),
}


@functools.cache
def load() -> ctypes.CDLL:
    """Return the library with its functions typed. Thread-safe.

    Raises SoundServerUnavailable where it is not installed.
    """
    try:
        library = ctypes.CDLL("libpulse.so.0")
        for function, (result, arguments) in _FUNCTIONS.items():
            typed = getattr(library, function)
            typed.restype, typed.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise SoundServerUnavailable(
            N_("The library that talks to the sound server is missing."),
            hint=N_("Install libpulse0 to record sound."),
        ) from error
    return library
