"""What a bundle brings along of others, in one text: names, versions, licences and their texts."""

import platform
import re
import sysconfig
from collections.abc import Collection, Iterable
from importlib import metadata
from pathlib import Path

FILE_NAME = "THIRD-PARTY-NOTICES.txt"

_RULE = "=" * 78
# Licences whose text others only name. Debian keeps them there; elsewhere the address must do.
_COMMON = Path("/usr/share/common-licenses")
_GNU = ("GPL-2", "GPL-3", "LGPL-2.1", "LGPL-3")
_TEXTS = re.compile(r"(LICEN[CS]E|COPYING|NOTICE)", re.IGNORECASE)
# The loader of PyInstaller is in every bundle, though no module of it is.
_ALWAYS = ("pyinstaller",)

# What PyAV's wheel has beside FFmpeg itself, and Qt's, by the beginning of the files' names.
_GPL = "GPL-2.0-or-later"
_LGPL_OR_GPL = "LGPL-3.0-or-later OR GPL-2.0-or-later"
_NETTLE = ("Nettle", _LGPL_OR_GPL, "https://www.lysator.liu.se/~nisse/nettle")
_WEBP = ("WebP", "BSD-3-Clause", "https://developers.google.com/speed/webp")
_LIBRARIES = {
    "libx264": ("x264", _GPL, "https://www.videolan.org/developers/x264.html"),
    "libx265": ("x265", _GPL, "https://www.x265.org"),
    "libSvtAv1Enc": ("SVT-AV1", "BSD-3-Clause-Clear", "https://gitlab.com/AOMediaCodec/SVT-AV1"),
    "libdav1d": ("dav1d", "BSD-2-Clause", "https://code.videolan.org/videolan/dav1d"),
    "libopus": ("Opus", "BSD-3-Clause", "https://opus-codec.org"),
    "libvpx": ("libvpx", "BSD-3-Clause", "https://www.webmproject.org"),
    "libmp3lame": ("LAME", "LGPL-2.0-or-later", "https://lame.sourceforge.io"),
    "libopencore": ("OpenCORE AMR", "Apache-2.0", "https://opencore-amr.sourceforge.io"),
    "libgnutls": ("GnuTLS", "LGPL-2.1-or-later", "https://www.gnutls.org"),
    "libnettle": _NETTLE,
    "libhogweed": _NETTLE,
    "libgmp": ("GMP", _LGPL_OR_GPL, "https://gmplib.org"),
    "libunistring": ("libunistring", _LGPL_OR_GPL, "https://www.gnu.org/software/libunistring"),
    "libwebp": _WEBP,
    "libsharpyuv": _WEBP,
    "libvpl": ("oneVPL", "MIT", "https://github.com/intel/libvpl"),
    "libdrm": ("libdrm", "MIT", "https://gitlab.freedesktop.org/mesa/drm"),
    "libxcb": ("XCB", "MIT", "https://xcb.freedesktop.org"),
    "libXau": ("libXau", "MIT", "https://gitlab.freedesktop.org/xorg/lib/libxau"),
    # Qt's player has its own, without what is under the GPL.
    "PySide6/Qt/lib/libavcodec": (
        "FFmpeg of Qt's player",
        "LGPL-2.1-or-later",
        "https://ffmpeg.org",
    ),
}

_HEAD = """\
What Recorder brings along

Recorder itself is under the MIT licence (LICENSE). This bundle contains
FFmpeg {ffmpeg},
built with x264 and x265, which are under the GNU General Public License (GPL), version 2 or later.
A bundle with them, taken as a whole, is under the GPL: whoever passes it on does so by its terms,
and offers the source of all of it. The sources are at the addresses below; those of FFmpeg and its
libraries, as they were built, at https://github.com/PyAV-Org/pyav-ffmpeg
"""


def write(path: Path, modules: Iterable[str], files: Iterable[str]) -> None:
    """Write the text for a bundle with these modules, and with other files by their paths in it.

    Raises PackageNotFoundError when a distribution is gone that was bundled.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(modules, files), encoding="utf-8")


def text(modules: Iterable[str], files: Iterable[str]) -> str:
    """Return it."""
    files = {Path(file).as_posix() for file in files}
    parts = [_HEAD.format(ffmpeg=_ffmpeg_licence())]
    parts.append("Libraries built into PyAV and Qt\n\n" + "\n".join(_known(files)))
    parts.append(_python())
    parts += [_about(one) for one in distributions(modules, files)]
    for name in _GNU:
        found = _COMMON / name
        if found.is_file():
            parts.append(f"The text of {name}\n\n{found.read_text(encoding='utf-8').strip()}")
    return f"\n\n{_RULE}\n".join(part.strip() for part in parts) + "\n"


def distributions(modules: Iterable[str], files: Collection[str]) -> list[metadata.Distribution]:
    """Return the distributions that these are of, by name; not the program's own."""
    owners = metadata.packages_distributions()
    tops = {name.partition(".")[0] for name in modules} | {name.partition("/")[0] for name in files}
    found = {name: metadata.distribution(name) for name in _ALWAYS}
    for top in tops:
        names = set(owners.get(top, ()))
        for name in names - {"recorder-app"}:
            one = metadata.distribution(name)
            # Several may fill one folder, as those of Qt do; not all of them need be bundled.
            if len(names) == 1 or any(file.as_posix() in files for file in one.files or []):
                found[name] = one
    return [found[name] for name in sorted(found, key=str.lower)]


def _about(one: metadata.Distribution) -> str:
    home = _field(one, "Home-page") or _field(one, "Project-URL").partition(",")[2].strip()
    head = [f"{one.metadata['Name']} {one.version}", f"Licence: {_licence(one)}", home]
    texts = [
        str(path.read_text(encoding="utf-8")).strip()
        for path in one.files or []
        if _TEXTS.search(path.name)
        and path.suffix not in (".py", ".pyc")
        # Of the distribution itself, not of what it carries along for its own tests.
        and any(part.endswith(".dist-info") for part in path.parts)
    ]
    return "\n".join(line for line in head if line) + "".join(f"\n\n{each}" for each in texts)


def _licence(one: metadata.Distribution) -> str:
    told = _field(one, "License-Expression") or _field(one, "License")
    if told.strip():
        return told.strip().splitlines()[0]
    classifiers = one.metadata.get_all("Classifier") or []
    named = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License ::")]
    return ", ".join(named) or "see its text"


def _field(one: metadata.Distribution, name: str) -> str:
    """Return the first field of that name, empty when there is none."""
    return next(iter(one.metadata.get_all(name) or []), "")


def _known(libraries: Iterable[str]) -> list[str]:
    found = {
        known for file in libraries for start, known in _LIBRARIES.items() if file.startswith(start)
    }
    return [f"{name}: {licence}. {home}" for name, licence, home in sorted(found)]


def _ffmpeg_licence() -> str:
    from av import _core

    told = _core.library_meta["libavcodec"]["license"]
    return f"{_core.ffmpeg_version_info}, its own files: {told}"


def _python() -> str:
    head = f"Python {platform.python_version()}\nLicence: PSF-2.0\nhttps://www.python.org"
    found = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    return f"{head}\n\n{found.read_text(encoding='utf-8').strip()}" if found.is_file() else head
