"""The form of one destination: what its kind wants to know, its secrets, and what all have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from recorder_app.settings.destinations import AfterUpload, StoredDestination
from recorder_app.system.secrets import from_environment
from recorder_app.texts import N_, translate
from recorder_app.ui import boxes, tokens
from recorder_app.ui.destination_work import CA_FILE, CONFIGURATION, NAME, PROXY, SECRET, Draft
from recorder_app.ui.field_row import line
from recorder_app.ui.form_fields import (
    ChoiceField,
    FormField,
    NumberField,
    SecretField,
    SwitchField,
    TextField,
)

if TYPE_CHECKING:
    from recorder_app.services.destinations import DestinationEntry, FieldEntry, KindEntry

DEFAULT, AUTOMATIC, AS_MP4, WEBHOOK = "is_default", "is_automatic", "as_mp4", "webhook"
WEBHOOK_ADDRESS = f"{SECRET}{WEBHOOK}"
# What commands after an upload find the link in.
_LINK_VARIABLE = "RECORDER_APP_LINK"
_AFTER = tuple(AfterUpload.__struct_fields__)
Values = dict[str, Any]


class DestinationForm(QWidget):
    """What is typed stays here until it is saved or discarded; nothing is stored here.

    Without an `entry` it is of a new destination; `known_names` are those of all that there are.
    """

    # Only by a person.
    edited = Signal()

    def __init__(self, about: KindEntry, entry: DestinationEntry | None = None) -> None:
        super().__init__()
        self.about = about
        self.known_names: frozenset[str] = frozenset()
        self.fields: dict[str, FormField] = {}
        # Where there is no keyring, and so nothing is in it.
        self.is_kept = True
        self._entry = entry
        self._column = boxes.column(tokens.SPACE_L, self)
        self.note = line("", "warn")
        self.note.hide()
        self._column.addWidget(self.note)
        self._add_own_fields()
        self._add_use()
        self._add_after()
        self._add_advanced()
        for field in self.fields.values():
            field.changed.connect(self.edited)
        self.fields[WEBHOOK].changed.connect(self._show_webhook)
        self._stored = (
            self._first_values()
            if entry is None
            else _values_of(entry, entry.is_default, self._plain)
        )
        self._fill(self._stored)
        self._show_entry_parts()
        self._fold(not any(self._stored[name] for name in (PROXY, CA_FILE)))

    @property
    def entry(self) -> DestinationEntry | None:
        """What is stored under its name, None while nothing is."""
        return self._entry

    @property
    def is_dirty(self) -> bool:
        """Whether anything was typed that is not saved."""
        return self._values() != self._stored or bool(self._secrets())

    def offer_as_first(self) -> None:
        """Say that a new destination becomes the default, being the only one."""
        switch = self.fields[DEFAULT]
        self._stored[DEFAULT] = True
        switch.show_value(True)
        switch.setEnabled(False)

    def show_entry(self, entry: DestinationEntry, about: KindEntry) -> None:
        """Show what is stored now; what was typed here stays."""
        self.about = about
        before, self._stored = self._stored, _values_of(entry, entry.is_default, self._plain)
        is_contradicted = False
        for name, stored in self._stored.items():
            field = self.fields.get(name)
            if field is None or stored == before.get(name):
                continue
            if field.value == before.get(name) or field.value == stored:
                field.show_value(stored)
            else:
                is_contradicted = True
        self._entry = entry
        if is_contradicted:
            self._say(
                N_(
                    "Something else has changed this destination meanwhile. Saving replaces that;"
                    " Discard shows it."
                )
            )
        self._show_entry_parts()

    def show_gone(self) -> None:
        """Say that the destination was removed by something else, while it is edited here."""
        self._entry = None
        self._say(N_("This destination was removed meanwhile. Saving adds it again."))
        self._show_entry_parts()

    def settle(self, draft: Draft) -> None:
        """Take `draft` as what is stored now, also what was typed of its secrets."""
        self.note.hide()
        for name, secret in draft.secrets.items():
            field = self.fields[f"{SECRET}{name}"]
            # It may be typed on while it is being saved.
            if field.value == secret:
                field.show_value("")
        self._stored = _values_of(draft.entry, draft.is_default, self._plain)

    def discard(self) -> None:
        """Show what is stored, or nothing."""
        self.note.hide()
        self._fill(self._stored)
        for name, field in self.fields.items():
            field.tell("")
            if name.startswith(SECRET):
                field.show_value("")

    def draft(self) -> Draft | None:
        """Return what is to be saved, or None after saying what is missing."""
        problems = self._problems()
        for name, field in self.fields.items():
            field.tell(translate(problems[name]) if name in problems else "")
        if problems:
            self.focus(next(iter(name for name in self.fields if name in problems)))
            return None
        values = self._values()
        # What nobody can see here stays as it is.
        configuration = dict(self._entry.configuration) if self._entry is not None else {}
        for each in self._plain:
            configuration[each.name] = values[f"{CONFIGURATION}{each.name}"]
        return Draft(
            StoredDestination(
                name=values[NAME],
                kind=self.about.name,
                configuration=configuration,
                is_automatic=values[AUTOMATIC],
                as_mp4=values[AS_MP4],
                after=AfterUpload(**{name: values[name] for name in _AFTER}),
                proxy=values[PROXY],
                ca_file=values[CA_FILE],
            ),
            self._secrets(),
            values[DEFAULT],
            replaces="" if self._entry is None else self._entry.name,
        )

    def refuse(self, field: str, text: str) -> None:
        """Say what is wrong with a field, and go there."""
        self.fields[field].tell(text)
        self.focus(field)

    def focus(self, field: str) -> None:
        """Put the keyboard into a field, wherever it is."""
        if field in (PROXY, CA_FILE):
            self._fold(False)
        self.fields[field].main.setFocus()

    @property
    def _plain(self) -> list[FieldEntry]:
        # What has no help is for tests of the program.
        return [each for each in self.about.fields if each.help]

    def _add_own_fields(self) -> None:
        name = TextField(
            translate(N_("Name")),
            translate(N_("What you call it. What is shared there goes along with a new name.")),
        )
        self._add(NAME, name)
        for each in self._plain:
            self._add(f"{CONFIGURATION}{each.name}", _field(each))
        for each in self.about.secrets:
            if each.name != WEBHOOK:
                field = SecretField(each.title, each.help, is_optional=each.is_optional)
                self._add(f"{SECRET}{each.name}", field)

    def _add_use(self) -> None:
        self._section(N_("Recordings"))
        self.projects = line("", "muted")
        for name, title, help_text in (
            (
                DEFAULT,
                N_("Default destination"),
                N_("Recordings go there when nothing else is chosen."),
            ),
            (AUTOMATIC, N_("Upload every recording"), N_("As soon as it is finished.")),
            (
                AS_MP4,
                N_("Upload as MP4"),
                N_("It is made of the recording first, and plays everywhere."),
            ),
        ):
            self._add(name, SwitchField(translate(title), translate(help_text)))
        self._column.addWidget(self.projects)

    def _add_after(self) -> None:
        self._section(N_("After an upload"))
        for name, title, help_text in (
            (
                "copy_link",
                N_("Copy the link"),
                N_("It is on the clipboard as soon as there is one."),
            ),
            (
                "free_local",
                N_("Move the local file to the trash"),
                N_("Once all of it has arrived."),
            ),
        ):
            self._add(name, SwitchField(translate(title), translate(help_text)))
        command = N_("A program with its arguments. It finds the link in {variable}.")
        self._add(
            "command",
            TextField(
                translate(N_("Run a command")),
                translate(command, variable=_LINK_VARIABLE),
                is_optional=True,
            ),
        )
        self._add(WEBHOOK, SwitchField(translate(N_("Call a webhook"))))
        about = next(each for each in self.about.secrets if each.name == WEBHOOK)
        self._add(WEBHOOK_ADDRESS, SecretField(about.title, about.help, is_optional=False))

    def _add_advanced(self) -> None:
        self.fold = QPushButton()
        self.fold.setCheckable(True)
        self.fold.clicked.connect(lambda is_open: self._fold(not is_open))
        row = boxes.row(0)
        row.addWidget(self.fold)
        row.addStretch(1)
        self._column.addLayout(row)
        self._add(
            PROXY,
            TextField(
                translate(N_("Proxy")),
                translate(N_("Such as http://proxy:3128. Empty: that of the system.")),
                is_optional=True,
            ),
        )
        self._add(
            CA_FILE,
            TextField(
                translate(N_("Certificate file")),
                translate(N_("A PEM file of authorities that are trusted besides the system's.")),
                chooses="file",
                is_optional=True,
            ),
        )

    def _add(self, name: str, field: FormField) -> None:
        self.fields[name] = field
        self._column.addWidget(field)

    def _section(self, title: str) -> None:
        self._column.addSpacing(tokens.SPACE_S)
        self._column.addWidget(line(translate(title), "strong"))

    def _first_values(self) -> Values:
        first: Values = {name: field.value for name, field in self.fields.items()}
        first |= {f"{CONFIGURATION}{each.name}": _shown(each, each.default) for each in self._plain}
        return {name: value for name, value in first.items() if not name.startswith(SECRET)}

    def _values(self) -> Values:
        return {name: self.fields[name].value for name in self._stored}

    def _secrets(self) -> dict[str, str]:
        typed = {
            name.removeprefix(SECRET): field.value
            for name, field in self.fields.items()
            if name.startswith(SECRET) and field.value
        }
        if not self.fields[WEBHOOK].value:
            typed.pop(WEBHOOK, None)
        return typed

    def _fill(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            self.fields[name].show_value(value)
        self._show_webhook()

    def _problems(self) -> dict[str, str]:
        """Return what is missing, as marked texts by the names of fields."""
        found = {}
        name = self.fields[NAME].value
        if not name:
            found[NAME] = N_("Give it a name.")
        elif name in self.known_names and (self._entry is None or name != self._entry.name):
            found[NAME] = N_("There is such a destination already. Choose another name.")
        for each in self._plain:
            if not each.is_optional and self.fields[f"{CONFIGURATION}{each.name}"].value == "":
                found[f"{CONFIGURATION}{each.name}"] = N_("This is needed.")
        if self._entry is None:
            for each in self.about.secrets:
                is_there = self.fields[f"{SECRET}{each.name}"].value or _is_given(each, name)
                if not (each.is_optional or is_there):
                    found[f"{SECRET}{each.name}"] = N_("This is needed.")
        address = self.fields[WEBHOOK_ADDRESS].value
        if self.fields[WEBHOOK].value:
            was_called = self._entry is not None and self._entry.after.webhook
            if address and urlsplit(address).scheme not in ("http", "https"):
                found[WEBHOOK_ADDRESS] = N_("It must begin with https://.")
            elif not address and not was_called:
                found[WEBHOOK_ADDRESS] = N_("Enter the address, or switch the webhook off.")
        return found

    def _say(self, text: str) -> None:
        self.note.setText(f"⚠ {translate(text)}")
        self.note.show()

    def _show_webhook(self) -> None:
        self.fields[WEBHOOK_ADDRESS].setVisible(self.fields[WEBHOOK].value)

    def _show_entry_parts(self) -> None:
        entry = self._entry
        is_default = entry is not None and entry.is_default
        self.fields[DEFAULT].setEnabled(not is_default)
        projects = entry.projects if entry is not None else []
        text = N_("It is also the one for recordings of: {projects}.")
        self.projects.setText(translate(text, projects=", ".join(projects)))
        self.projects.setVisible(bool(projects))
        for each in self.about.secrets:
            field = self.fields[f"{SECRET}{each.name}"]
            assert isinstance(field, SecretField)
            field.say_where_kept(self._where_kept(each))

    def _where_kept(self, each: FieldEntry) -> str:
        name = "" if self._entry is None else self._entry.name
        if not name:
            return ""
        if _is_given(each, name):
            return translate(N_("taken from {variable}"), variable=each.variable)
        if not self.is_kept:
            return translate(N_("not kept"))
        if each.is_optional and each.name != WEBHOOK:
            return translate(N_("empty leaves it as it is"))
        return translate(N_("kept in the keyring"))

    def _fold(self, is_folded: bool) -> None:
        self.fold.setChecked(not is_folded)
        sign = "▸" if is_folded else "▾"
        self.fold.setText(f"{sign}  {translate(N_('Advanced'))}")
        self.fold.setAccessibleName(translate(N_("Advanced")))
        for name in (PROXY, CA_FILE):
            self.fields[name].setVisible(not is_folded)


def _field(each: FieldEntry) -> FormField:
    if each.choices:
        return ChoiceField(each.title, each.help, each.choices)
    if isinstance(each.default, bool):
        return SwitchField(each.title, each.help)
    if isinstance(each.default, int):
        return NumberField(each.title, each.help)
    return TextField(
        each.title,
        each.help,
        chooses="folder" if each.is_folder else "",
        is_optional=each.is_optional and not each.default,
    )


def _is_given(each: FieldEntry, name: str) -> bool:
    """Whether the environment has the secret for a destination of that name."""
    return from_environment(name, each.name) is not None


def _shown(each: FieldEntry, value: Any) -> Any:
    """Return a value of the configuration as the form has it."""
    if isinstance(each.default, bool):
        # What people write into the file may be text.
        return value is True or str(value).lower() in ("true", "1", "yes", "on")
    if isinstance(each.default, int):
        return int(value) if str(value).isdecimal() else each.default
    return "" if value is None else str(value)


def _values_of(
    entry: DestinationEntry | StoredDestination, is_default: bool, plain: list[FieldEntry]
) -> Values:
    return {
        NAME: entry.name,
        DEFAULT: is_default,
        AUTOMATIC: entry.is_automatic,
        AS_MP4: entry.as_mp4,
        PROXY: entry.proxy,
        CA_FILE: entry.ca_file,
        **{name: getattr(entry.after, name) for name in _AFTER},
        **{
            f"{CONFIGURATION}{each.name}": _shown(
                each, entry.configuration.get(each.name, each.default)
            )
            for each in plain
        },
    }
