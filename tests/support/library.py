"""A library of many recordings such as people have, the same ones each time."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from recorder_app.library.ids import new_id
from recorder_app.library.models import (
    Annotation,
    Project,
    Recording,
    RecordingTag,
    Tag,
    Transcript,
)

START = datetime(2021, 3, 1, 8, tzinfo=UTC)
TYPES = ("screen", "window", "region", "webcam", "audio")
STATUSES = ("completed", "completed", "completed", "recovered", "missing", "imported")
DESTINATIONS = ("youtube", "drive", "s3")
TAGS = 60
PROJECTS = 40

# ruff: noqa: SIM905
# fmt: off
_ABOUT = (
    "accessibility account analytics animation architecture backend backlog billing browser budget "
    "calendar campaign checkout cluster compiler component conference container customer dashboard "
    "database debugging deployment design desktop documentation editor encoder engine export "
    "firewall formula frontend gallery gateway graphics hardware headphones homepage import "
    "incident installer interface interview inventory invoice keyboard kitchen kubernetes landing "
    "language lecture library licence localisation login marketing measurement memory message "
    "microphone migration mobile monitor music navigation network newsletter notebook onboarding "
    "password payment performance permission photo pipeline planning plugin podcast portfolio "
    "presentation privacy product profile project prototype quarterly query recorder refactoring "
    "registration release renderer research retrospective roadmap robot safety sampling scheduler "
    "screen search security sensor server settings shader shortcut signature simulation sound "
    "spreadsheet storage strategy subscription support survey synthesis tablet telemetry template "
    "terminal testing theme timeline toolbar tracing training translation tutorial update upload "
    "usability validation video warehouse weather website window workflow workshop"
).split()
_HOW = (
    "advanced annual broken careful detailed early experimental final first internal late legacy "
    "live long monthly new old open public quick remote second short slow small spring summer "
    "third urgent weekly winter yearly"
).split()
_WHAT = (
    "bug call class comparison demo discussion draft error explanation guide introduction lesson "
    "meeting note overview problem proposal question recap report review session solution standup "
    "summary talk test tour walkthrough"
).split()
_SCRIPTS = (
    "Übersicht der Straßenprüfung in Köln", "Réunion générale de l'équipe à Orléans",
    "Přehled nových možností nahrávání", "Zażółć gęślą jaźń po południu",
    "Совещание о записи экрана", "Παρουσίαση της νέας οθόνης", "تسجيل شاشة الاجتماع الأسبوعي",
    "הקלטת מסך של הפגישה", "屏幕录制会议纪要", "画面録画の使い方ガイド", "화면 녹화 회의 요약",
    "การบันทึกหน้าจอประชุม", "स्क्रीन रिकॉर्डिंग की बैठक", "Ekran kaydı toplantısı İstanbul",
    "Màn hình ghi lại cuộc họp", "Записи 2024: 会议 + review 🎬",
)
# fmt: on


def fill(session: Session, count: int, seed: int = 1) -> list[str]:
    """Enter `count` recordings; return their ids, the oldest first. Indexed by the commit."""
    chance = random.Random(seed)
    projects = [
        Project(name=f"{_ABOUT[n]} {_WHAT[n % len(_WHAT)]}".title()) for n in range(PROJECTS)
    ]
    tags = [Tag(name=_ABOUT[-1 - n]) for n in range(TAGS)]
    session.add_all([*projects, *tags])
    session.flush()
    # Spoken words come as often as in any language: a few all the time, most hardly ever.
    spoken = [*_HOW, *_WHAT, *_ABOUT, *_rare_words(chance, 20_000)]
    weights = list(itertools.accumulate(1 / (place + 2) for place in range(len(spoken))))
    ids: list[str] = []
    while len(ids) < count:
        rows: dict[type, list[dict[str, Any]]] = {
            table: [] for table in (Recording, RecordingTag, Annotation, Transcript)
        }
        for _ in range(min(5000, count - len(ids))):
            row = _recording(chance, len(ids), projects)
            ids.append(row["id"])
            rows[Recording].append(row)
            for tag in chance.sample(tags, chance.choice((0, 1, 1, 2, 3))):
                rows[RecordingTag].append({"recording_id": row["id"], "tag_id": tag.id})
            if chance.random() < 0.1:
                text = f"{chance.choice(_WHAT)} {chance.choice(_ABOUT)} here"
                rows[Annotation].append({"recording_id": row["id"], "text": text})
            if chance.random() < 0.2:
                length = chance.choice((60, 120, 240, 900))
                text = " ".join(chance.choices(spoken, cum_weights=weights, k=length))
                rows[Transcript].append({"recording_id": row["id"], "language": "en", "text": text})
        for table, values in rows.items():
            if values:
                session.execute(insert(table), values)
    return ids


def titles(count: int, seed: int = 1) -> Iterator[str]:
    """Yield titles that all differ."""
    chance = random.Random(seed)
    seen: set[str] = set()
    while len(seen) < count:
        title = _title(chance, len(seen))
        if title not in seen:
            seen.add(title)
            yield title


def with_typo(word: str, chance: random.Random) -> str:
    """Return `word` with a letter too many, missing, wrong, or two swapped."""
    while True:
        place = chance.randrange(len(word))
        letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
        wrong = chance.choice(
            (
                word[:place] + letter + word[place:],
                word[:place] + word[place + 1 :],
                word[:place] + letter + word[place + 1 :],
                word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
            )
        )
        if wrong != word:
            return wrong


def _recording(chance: random.Random, number: int, projects: list[Project]) -> dict[str, Any]:
    created = START + timedelta(minutes=23 * number, seconds=chance.randrange(900))
    identifier = new_id(created.timestamp())
    shared = [name for name in DESTINATIONS if chance.random() < 0.04]
    return {
        "id": identifier,
        "title": _title(chance, number),
        "description": " ".join(chance.choices(_ABOUT, k=8)) if chance.random() < 0.3 else "",
        "recording_type": chance.choice(TYPES),
        "path": f"/recordings/{identifier}.webm",
        "container": "webm",
        "video_codec": "vp9",
        "audio_codecs": ["opus"],
        "width": 1920,
        "height": 1080,
        "duration_s": round(chance.lognormvariate(5, 1.3), 3),
        "file_size": int(chance.lognormvariate(17, 1.4)),
        "checksum": f"{chance.getrandbits(256):064x}",
        "mime_type": "video/webm",
        "status": chance.choice(STATUSES),
        "is_favourite": chance.random() < 0.05,
        "share_links": {name: f"https://{name}.example/{identifier}" for name in shared},
        "project_id": chance.choice(projects).id if chance.random() < 0.7 else None,
        "created_at": created,
        "updated_at": created,
        "deleted_at": created + timedelta(days=9) if chance.random() < 0.03 else None,
    }


def _title(chance: random.Random, number: int) -> str:
    if chance.random() < 0.12:
        return f"{chance.choice(_SCRIPTS)} {number}"
    subject = " ".join(chance.sample(_ABOUT, chance.choice((1, 2, 2, 3))))
    title = f"{chance.choice(_HOW)} {subject} {chance.choice(_WHAT)}".capitalize()
    return f"{title} {number}" if chance.random() < 0.3 else title


def _rare_words(chance: random.Random, count: int) -> list[str]:
    syllables = [a + b for a in "bcdfghklmnprstvz" for b in ("a", "e", "i", "o", "u", "ou", "an")]
    return ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(count)]
