"""Colours, spaces and times of the interface, by name. Every other module takes them from here.

Each pair of text and what is under it has a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3); a
test computes it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one appearance, as #RRGGBB."""

    is_dark: bool
    bg: str
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    rec: str
    on_rec: str
    warn: str
    ok: str


LIGHT = Theme(
    is_dark=False,
    bg="#F7F7F8",
    surface="#FFFFFF",
    raised="#FFFFFF",
    line="#DADCE0",
    text="#1B1C1F",
    muted="#5B5F66",
    accent="#2F5FD0",
    on_accent="#FFFFFF",
    rec="#C8102E",
    on_rec="#FFFFFF",
    warn="#8A5300",
    ok="#1B6E3C",
)
DARK = Theme(
    is_dark=True,
    bg="#17181B",
    surface="#1F2125",
    raised="#272A2F",
    line="#3A3E45",
    text="#ECEDEF",
    muted="#A6ABB3",
    accent="#8FB0FF",
    on_accent="#10141F",
    rec="#FF5A6B",
    on_rec="#1B0508",
    warn="#F2B45A",
    ok="#6FCF97",
)

# Lengths in logical pixels.
SPACE_XS, SPACE_S, SPACE_M, SPACE_L, SPACE_XL, SPACE_XXL = 4, 8, 12, 16, 24, 32
RADIUS, CARD_RADIUS = 6, 10
MUTED_PX, BODY_PX, STRONG_PX, TITLE_PX = 12, 13, 15, 20
FOCUS_PX = 2

# How long something takes to get where it goes.
MOTION_MS = 150
