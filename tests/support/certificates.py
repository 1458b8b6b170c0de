"""Certificates for servers of the tests."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files; the certificate is its own authority."""

    certificate: str
    key: str


def made(folder: Path, names: str) -> Certificate:
    """Make one that is good for `names`, such as ``IP:127.0.0.1``."""
    found = Certificate(str(folder / "certificate.pem"), str(folder / "key.pem"))
    request = ["openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=recorder test"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", found.key]
    good_for = ["-addext", f"subjectAltName={names}", "-out", found.certificate]
    subprocess.run([*request, *key, *good_for], check=True, capture_output=True, timeout=30)
    return found
