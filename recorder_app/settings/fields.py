"""How a field is declared, and the fields that several structures share.

A field is ``Annotated`` with a ``Meta`` (title, help and bounds) and, where that is not all, with a
:class:`Form` that says which values it takes and how a window lets people choose one.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from recorder_app.texts import N_

Kind = Literal["text", "target", "microphone", "folder", "template", "shortcut", "clock", "project"]


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What Meta cannot say of a field.

    `choices` are all the values there are. `kind` says what a text means, and so how it is checked.
    With `needs_restart` a change shows when the program is started again.
    """

    choices: tuple[str, ...] = ()
    kind: Kind = "text"
    unit: str = ""
    needs_restart: bool = False


def about(
    title: str,
    description: str,
    *,
    ge: float | None = None,
    le: float | None = None,
) -> Meta:
    """Return the Meta of a field: its label, its help and its bounds."""
    return Meta(title=title, description=description, ge=ge, le=le)


def described(hint: Any) -> tuple[Meta, Form]:
    """Return what is declared of a field with the type `hint`."""
    metas, forms = [Meta()], [Form()]
    # An optional field's Annotated may be inside the union.
    for part in (*get_args(hint), hint):
        for extra in getattr(part, "__metadata__", ()):
            if isinstance(extra, Meta):
                metas.append(extra)
            elif isinstance(extra, Form):
                forms.append(extra)
    return metas[-1], forms[-1]


Target = Annotated[
    str,
    about(
        N_("Record"),
        N_("What to record: monitor:N, all, region:X,Y,WxH, window:ID-or-title or synthetic:NAME."),
    ),
    Form(kind="target"),
]
Format = Annotated[
    str,
    about(N_("Format"), N_("webm (VP9), mp4 (H.264) or av1 (WebM with AV1).")),
    Form(choices=("webm", "mp4", "av1")),
]
FrameRate = Annotated[
    int,
    about(N_("Frame rate"), N_("Most pictures a second, 1 to 120."), ge=1, le=120),
    Form(unit="fps"),
]
Quality = Annotated[
    str,
    about(N_("Quality"), N_("low, medium, high or near-lossless.")),
    Form(choices=("low", "medium", "high", "near-lossless")),
]
Microphone = Annotated[
    str,
    about(N_("Microphone"), N_("Microphone: default, none, or a name that “devices” lists.")),
    Form(kind="microphone"),
]
SystemAudio = Annotated[
    bool | None, about(N_("System sound"), N_("Record what the speakers play."))
]
MicGain = Annotated[
    float,
    about(
        N_("Microphone gain"),
        N_("Make the microphone louder (or softer), in dB, -40 to 40."),
        ge=-40,
        le=40,
    ),
    Form(unit="dB"),
]
Denoise = Annotated[bool, about(N_("Noise filter"), N_("Take steady noise out of the microphone."))]
SeparateTracks = Annotated[
    bool,
    about(
        N_("Separate tracks"), N_("Microphone and system sound as tracks of their own, not mixed.")
    ),
]
SoundOffset = Annotated[
    float,
    about(
        N_("Sound offset"),
        N_("Milliseconds to move the sound later against the picture, -2000 to 2000."),
        ge=-2000,
        le=2000,
    ),
    Form(unit="ms"),
]
Cursor = Annotated[bool, about(N_("Pointer"), N_("Record the pointer."))]
Delay = Annotated[
    int,
    about(N_("Countdown"), N_("Seconds to count down first, 0 to 60."), ge=0, le=60),
    Form(unit="s"),
]
