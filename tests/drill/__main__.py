"""`python -m tests.drill restore [--database URL] [--json]`, which is what `singgah drill restore` runs."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from backend.backup.make import copier_of
from backend.backup.postgres_copy import PostgresCopier
from backend.core.config import Config
from tests.drill.restore import Drill, NotEmpty, empty


@click.group()
def main() -> None:
    """Proofs that leave nothing behind."""


@main.command()
@click.option("--database", help="An empty PostgreSQL database; without it a SQLite file that is thrown away.")
@click.option("--json", "as_json", is_flag=True, help="What was compared, as JSON.")
def restore(database: str | None, as_json: bool) -> None:
    """Destroy an installation, restore yesterday's backup, let the tablets come back, compare."""
    with tempfile.TemporaryDirectory(prefix="singgah-drill-") as name:
        folder = Path(name)
        env = {"DATA_DIR": str(folder / "data")} | ({"DATABASE_URL": database} if database else {})
        config = Config.from_env(env)
        say = (lambda _: None) if as_json else click.echo
        try:
            outcome = Drill(config, folder / "backups", say).run()
        except NotEmpty as refused:
            raise click.ClickException(f"{refused}: the drill fills and empties its database") from refused
        copier = copier_of(config)
        if isinstance(copier, PostgresCopier):
            empty(copier)
    if as_json:
        click.echo(json.dumps(asdict(outcome), indent=2))
    elif outcome.lost:
        click.echo("\n".join(["LOST:", *outcome.lost]))
    else:
        compared = f"{outcome.told} operations and {outcome.photos} photos"
        click.echo(f"nothing is lost: {compared}, same ids, same bytes, same outcomes")
    raise SystemExit(1 if outcome.lost else 0)


if __name__ == "__main__":
    main()
