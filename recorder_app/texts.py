"""Texts that people read, without Qt: their translation, and times and sizes in them.

Texts are marked with :func:`N_` where they are written and translated with :func:`translate`
where they are shown, so that an error made in the engine appears in the reader's language.
"""

import functools
import gettext
import os
from collections.abc import Callable

from recorder_app import paths

DOMAIN = "recorder_app"
SYSTEM = "system"


def N_(text: str) -> str:  # noqa: N802 - gettext's customary name for "mark only"
    """Mark `text` for extraction and return it unchanged."""
    return text


Choice = str | Callable[[], str]
_choice: Choice = SYSTEM


def use_language(choice: Choice) -> None:
    """Speak another language from now on: a code such as ``de``, or ``system``.

    A function that returns one is asked when the first text is shown: who shows none does not wait
    for it. It must not translate anything itself.
    """
    global _choice
    _choice = choice
    _catalogue.cache_clear()


@functools.cache
def _catalogue() -> gettext.NullTranslations:
    choice = _choice if isinstance(_choice, str) else _choice()
    languages = [choice] if choice != SYSTEM else _system_languages()
    return gettext.translation(DOMAIN, paths.resource("translations"), languages, fallback=True)


def _system_languages() -> list[str]:
    """Return the languages that the system prefers to English, the first before the others."""
    names = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    told = next((os.environ[name] for name in names if os.environ.get(name)), "")
    languages = told.split(":")
    for position, language in enumerate(languages):
        # The texts are English as they are: what comes after it is never needed.
        if language.partition("_")[0].partition(".")[0] in ("en", "C", "POSIX"):
            return languages[:position]
    return languages


def translate(text: str, /, **parameters: object) -> str:
    """Return `text` in the user's language with `parameters` filled in. Thread-safe."""
    # gettext answers an empty message with the catalogue's header.
    translated = _catalogue().gettext(text) if text else ""
    return translated.format(**parameters) if parameters else translated


def clock_text(seconds: float) -> str:
    """Return a time as 00:04:12."""
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def size_text(size_bytes: int) -> str:
    """Return a size as 18 MB."""
    if size_bytes < 100_000:
        return f"{size_bytes / 1e3:.0f} kB"
    if size_bytes >= 1_000_000_000:
        return f"{size_bytes / 1e9:.1f} GB"
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes < 10_000_000 else f"{size_bytes / 1e6:.0f} MB"
