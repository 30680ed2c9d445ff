"""`singgah rescue`: bring in what a tablet could not send."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from backend.core.config import Config
from backend.core.problems import Problem
from backend.rescue.services import Report, bring_in, lines_of


@click.group()
def rescue() -> None:
    """Rescue files of tablets that can send no more."""


@rescue.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The whole report, with the outcome of each operation.")
def import_(file: Path, as_json: bool) -> None:
    """Open FILE with this installation's recovery key and take in what is not here yet.

    Repeating it changes nothing. Ends with 0 when all of the file was read, 1 when it was refused, 3 when it was
    damaged behind what was taken in.
    """
    from backend.app import create_app

    app = create_app(Config.from_env(os.environ))
    try:
        with app.app_context(), file.open("rb") as opened:
            report = bring_in(opened, None)
    except Problem as problem:
        raise click.ClickException(problem.title) from problem
    _say(report, as_json=as_json)
    sys.exit(3 if report.damage else 0)


def _say(report: Report, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2))
        return
    for line in lines_of(report):
        click.echo(line)
