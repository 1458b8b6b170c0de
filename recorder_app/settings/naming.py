"""Names of recordings, made from a template such as ``{type} {date} {time}``."""

from __future__ import annotations

import re
from datetime import datetime

from recorder_app.errors import InvalidSettingError
from recorder_app.texts import N_, translate

DEFAULT_TEMPLATE = "{type} {date} {time}"
TOKENS = ("type", "date", "time", "title", "number")

# A name may have 255 bytes; this leaves room for the suffix, a number, and the sidecar's name.
_MOST_BYTES = 180
_FORBIDDEN = r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*]'
_TOKEN = r"\{([^{}]*)\}"
# Windows takes none of these, whatever comes after a dot.
_RESERVED = r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)"


def checked_template(template: str) -> str:
    """Return `template` if a name can be made from it. Raises InvalidSettingError."""
    unknown = [token for token in re.findall(_TOKEN, template) if token not in TOKENS]
    plain = re.sub(_TOKEN, "", template)
    sign = re.search(_FORBIDDEN, plain)
    if not template.strip():
        problem = N_("The file name is empty.")
    elif unknown:
        problem = N_("There is no {{{token}}}.")
    elif "{" in plain or "}" in plain:
        problem = N_("A {{ or }} has no other half.")
    elif not template.isprintable() or sign is not None:
        problem = N_("A file name cannot have {sign} in it.")
    elif template.lstrip().startswith("."):
        problem = N_("A name that begins with a dot is hidden.")
    elif len(template.encode()) > _MOST_BYTES:
        problem = N_("The file name is too long.")
    else:
        return template
    raise InvalidSettingError(
        problem,
        hint=N_("Use text with any of {tokens}."),
        token="".join(unknown[:1]),
        sign=sign[0] if sign and sign[0].isprintable() else N_("such a sign"),
        tokens=", ".join(f"{{{token}}}" for token in TOKENS),
    )


def file_stem(template: str, *, kind: str, title: str, now: datetime, number: int) -> str:
    """Return the name, without its suffix, that a checked `template` gives.

    `kind` is what is recorded ("Screen"), `title` that of the window, or empty. Signs that no file
    system takes are left out of it.
    """
    values = {
        "type": kind,
        "date": f"{now:%Y-%m-%d}",
        # Dots, because Windows allows no colons in names.
        "time": f"{now:%H.%M.%S}",
        "title": re.sub(_FORBIDDEN, " ", title),
        "number": str(number),
    }
    filled = re.sub(_TOKEN, lambda match: values[match[1]], template)
    # A missing title leaves its spaces behind.
    stem = " ".join(filled.split()).lstrip(".").encode()[:_MOST_BYTES].decode("utf-8", "ignore")
    stem = stem.rstrip(". ") or kind
    return f"_{stem}" if re.match(_RESERVED, stem, re.IGNORECASE) else stem


def preview(template: str, now: datetime) -> str:
    """Return an example of what `template` gives. Raises InvalidSettingError."""
    return file_stem(
        checked_template(template),
        kind=translate(N_("Screen")),
        title=translate(N_("Window title")),
        now=now,
        number=1,
    )
