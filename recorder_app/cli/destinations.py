"""``destination``: where recordings can be uploaded to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from recorder_app.cli.main import say
from recorder_app.cli.output import as_json, write_line
from recorder_app.errors import InvalidRequest, ShareError
from recorder_app.texts import N_

if TYPE_CHECKING:
    from recorder_app.services.destinations import DestinationEntry, FieldEntry, KindEntry

_json = click.option("--json", "json_output", is_flag=True, help="Print JSON on stdout.")


@click.group()
def destination() -> None:
    """Add, list, test, rename and remove the places recordings are uploaded to."""


@destination.command()
@click.argument("name")
@click.option("--kind", required=True, help="What it is; “destination list --kinds” says more.")
@click.option("--set", "given", multiple=True, metavar="FIELD=VALUE", help="How it is configured.")
@click.option(
    "--secrets",
    "reads_secrets",
    is_flag=True,
    help="Read keys from standard input, a line NAME=VALUE each, instead of asking for them.",
)
@click.option("--automatic", is_flag=True, help="Upload every recording once it is finished.")
@click.option("--mp4", is_flag=True, help="Upload as MP4, made of the recording first.")
@click.option("--copy-link", is_flag=True, help="Put each link on the clipboard.")
@click.option("--free-local", is_flag=True, help="Move uploaded files to the system's trash.")
@click.option("--command", default="", help="Run this program after each upload.")
@click.option("--webhook", is_flag=True, help="Call an address, asked for, after each upload.")
@click.option("--proxy", default="", help="Reach it through a proxy, such as http://proxy:3128.")
@click.option("--ca-file", default="", help="A PEM file of certificate authorities to trust too.")
@click.option("--replace", is_flag=True, help="Configure a destination of that name anew.")
@_json
def add(
    *,
    name: str,
    kind: str,
    given: tuple[str, ...],
    reads_secrets: bool,
    automatic: bool,
    mp4: bool,
    copy_link: bool,
    free_local: bool,
    command: str,
    webhook: bool,
    proxy: str,
    ca_file: str,
    replace: bool,
    json_output: bool,
) -> int:
    """Add a destination called NAME. Its keys are asked for and go into the system's keyring.

    Without a keyring they are taken from environment variables, which are told.
    """
    from recorder_app.cli import secrets_input
    from recorder_app.services import destinations
    from recorder_app.settings.destinations import AfterUpload, StoredDestination

    about = destinations.kind_entry(kind, name)
    configuration = _configuration(about, given)
    wanted = [each for each in about.secrets if webhook or each.name != "webhook"]
    secrets: dict[str, str] = {}
    if reads_secrets:
        secrets = secrets_input.from_lines(wanted)
    elif secrets_input.is_conversation():
        secrets = secrets_input.asked(_not_in_environment(wanted))
    added = destinations.add(
        StoredDestination(
            name=name,
            kind=kind,
            configuration=configuration,
            is_automatic=automatic,
            as_mp4=mp4,
            after=AfterUpload(
                copy_link=copy_link, free_local=free_local, command=command, webhook=webhook
            ),
            proxy=proxy,
            ca_file=ca_file,
        ),
        secrets,
        is_replacing=replace,
    )
    if json_output:
        write_line(as_json(added))
        return 0
    write_line(_line(added.destination))
    if added.problem is not None:
        variables = ", ".join(each.variable for each in wanted if not each.is_optional)
        say(f"{added.problem.message} {added.problem.hint}".strip())
        if variables:
            say(f"Its keys are not kept. Set {variables}, or enter them when asked.")
    return 0


@destination.command("list")
@click.option("--kinds", is_flag=True, help="List the kinds there are, and what they want to know.")
@_json
def list_(*, kinds: bool, json_output: bool) -> int:
    """List the destinations; the default one has a star."""
    from recorder_app.services import destinations

    if kinds:
        known = [destinations.kind_entry(name, "NAME") for name in destinations.kind_names()]
        if json_output:
            write_line(as_json({"kinds": known}))
        else:
            for about in known:
                _tell_kind(about)
        return 0
    entries = destinations.all_destinations()
    if json_output:
        write_line(as_json({"destinations": entries}))
        return 0
    for entry in entries:
        write_line(_line(entry))
    if not entries:
        write_line("There is none. “recorder-app destination add” makes one.")
    return 0


@destination.command()
@click.argument("name")
@_json
def test(*, name: str, json_output: bool) -> int:
    """Try everything that an upload to NAME needs, and say what is wrong."""
    from recorder_app.cli.secrets_input import unlock
    from recorder_app.services import destinations

    unlock(name)
    found = destinations.test(name)
    if json_output:
        write_line(as_json(found))
    else:
        for each in found.findings:
            text = f"{each.message} {each.hint}".strip()
            write_line(f"{'ok  ' if each.is_fine else 'FAIL'}  {each.check:<12} {text}".rstrip())
    return 0 if found.is_fine else ShareError.exit_code


@destination.command()
@click.argument("name")
@click.argument("new")
@_json
def rename(*, name: str, new: str, json_output: bool) -> int:
    """Call NAME NEW from now on. Copies, links, jobs and keys go along."""
    from recorder_app.services import destination_renaming

    renamed = destination_renaming.rename(name, new)
    if json_output:
        write_line(as_json(renamed))
        return 0
    write_line(_line(renamed.destination))
    if renamed.problem is not None:
        say(f"Its keys may be in the keyring under {name} still. {renamed.problem.message}")
    for old, variable in renamed.variables.items():
        say(f"Set {variable} instead of {old}.")
    return 0


@destination.command()
@click.argument("name")
@_json
def remove(*, name: str, json_output: bool) -> int:
    """Forget NAME and its keys. What was uploaded there stays there."""
    from recorder_app.services import destinations

    removed = destinations.remove(name)
    if json_output:
        write_line(as_json(removed))
        return 0
    write_line(f"{name} removed")
    if removed.problem is not None:
        say(f"Its keys may be in the keyring still. {removed.problem.message}")
    if removed.still_shared:
        say(f"{len(removed.still_shared)} recordings are shared there still.")
    return 0


@destination.command()
@click.argument("name")
@click.option("--project", help="Only for the recordings of this project.")
@_json
def default(*, name: str, project: str | None, json_output: bool) -> int:
    """Upload to NAME where nothing else is said."""
    from recorder_app.services import destinations

    entries = destinations.set_default(name, project)
    if json_output:
        write_line(as_json({"destinations": entries}))
    else:
        write_line(f"{name} is the default" + (f" of the project {project}" if project else ""))
    return 0


def _configuration(about: KindEntry, given: tuple[str, ...]) -> dict[str, str]:
    from recorder_app.cli.secrets_input import is_conversation

    known = {field.name: field for field in about.fields}
    found: dict[str, str] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or name not in known:
            # A key that was given here by mistake is not said again.
            raise InvalidRequest(
                N_("“{name}” is nothing that {kind} can be configured with."),
                hint=N_("Write FIELD=VALUE, with one of: {known}."),
                name=name if sign else "…",
                kind=about.title,
                known=", ".join(known),
            )
        found[name] = value
    for field in about.fields:
        if field.is_optional or field.name in found:
            continue
        if is_conversation():
            say(field.help)
            found[field.name] = click.prompt(field.title, err=True)
        else:
            raise InvalidRequest(
                N_("“{title}” is missing."),
                hint=N_("Add --set {name}=VALUE."),
                title=field.title,
                name=field.name,
            )
    return found


def _not_in_environment(fields: list[FieldEntry]) -> list[FieldEntry]:
    import os

    return [field for field in fields if not os.environ.get(field.variable)]


def _line(entry: DestinationEntry) -> str:
    star = "*" if entry.is_default else " "
    remarks = ["automatic"] if entry.is_automatic else []
    remarks += [f"project {project}" for project in entry.projects]
    remarks += [f"{name}={value}" for name, value in entry.configuration.items()]
    return f"{star} {entry.name}  {entry.kind}  {', '.join(remarks)}".rstrip()


def _tell_kind(about: KindEntry) -> None:
    write_line(f"{about.name}: {about.title}")
    for field in about.fields:
        ending = f" (default {field.default})" if field.default else ""
        optional = "" if not field.is_optional else " (optional)"
        write_line(f"    --set {field.name}=…{ending or optional}  {field.help}")
    for field in about.secrets:
        optional = " (optional)" if field.is_optional else ""
        write_line(f"    secret {field.name}{optional}  {field.title}. {field.help}")
        write_line(f"        or in the environment: {field.variable}")
