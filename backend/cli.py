"""`singgah`: the words of the command line. Each reads its settings from the environment (docs/operators-guide.md)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
from flask import Flask

from backend import __version__, accounts_cli, backup_cli, rescue_cli, schema_version
from backend.backup import history, running
from backend.core import health as health_check
from backend.core.config import Config

THREADS = 48
GRACE_S = 3


def _config() -> Config:
    return Config.from_env(os.environ)


def _app() -> Flask:
    # Imported late: `verify` and `--help` need neither a database nor a folder.
    from backend.app import create_app

    return create_app(_config())


def _begin(config: Config) -> None:
    """What every program of the installation does first. A restore waits for the end of it and of what it becomes."""
    running.say_so(config.data_dir)
    with _app().app_context():
        if not schema_version.is_current():
            raise click.ClickException("the database is not of this version: run `singgah migrate` first")
        history.watch()


@click.group()
@click.version_option(__version__, prog_name="singgah")
def main() -> None:
    """Singgah: field service that works without a network."""
    # Database, keys and photos are nobody else's business on this machine.
    os.umask(0o077)


@main.command()
def serve() -> None:
    """Serve people and tablets on BIND:PORT until told to stop."""
    config = _config()
    _begin(config)
    click.echo(f"serving {config.public_url} on {config.bind}:{config.port}, data in {config.data_dir}")
    sys.stdout.flush()
    command = [sys.executable, "-m", "gunicorn", *gunicorn_options(config), "backend.wsgi:app"]
    # Each of many threads would otherwise keep its own heap of memory that it once needed (glibc).
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    os.execv(command[0], command)  # noqa: S606 - our own interpreter with our own words


def gunicorn_options(config: Config) -> list[str]:
    """Threads, because consoles hold streams; one process on SQLite, whose writers queue in it (decisions.md 24)."""
    host = f"[{config.bind}]" if ":" in config.bind else config.bind
    return [
        f"--bind={host}:{config.port}",
        "--worker-class=gthread",
        f"--workers={1 if config.sqlite else 2}",
        f"--threads={THREADS}",
        f"--graceful-timeout={GRACE_S}",
        "--no-control-socket",
        "--log-level=warning",
    ]


@main.command()
def worker() -> None:
    """Do the jobs (reports above all) until told to stop."""
    _begin(_config())
    from backend import worker as program

    program.main()


@main.command()
def migrate() -> None:
    """Bring the database to the version of this program."""
    with _app().app_context():
        schema_version.migrate()
        click.echo(f"the database is at version {schema_version.newest()}")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON.")
def health(as_json: bool) -> None:
    """Say whether database, jobs and storage are well; ends with 1 when they are not."""
    with _app().app_context():
        found = health_check.check()
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        for line in _health_lines(found):
            click.echo(line)
    sys.exit(0 if found["ok"] else 1)


def _health_lines(found: dict[str, dict[str, object]]) -> list[str]:
    database, jobs, storage, backup = (found[name] for name in ("database", "jobs", "storage", "backup"))
    return [
        f"database  {database.get('kind') if database['ok'] else database['why']}",
        f"jobs      {jobs['waiting']} waiting, {jobs['dead']} dead" if jobs["ok"] else f"jobs      {jobs['why']}",
        f"storage   {storage['free_mb']} MB free" if "free_mb" in storage else f"storage   {storage['why']}",
        f"backup    {_backup_words(backup)}",
    ]


def _backup_words(backup: dict[str, object]) -> str:
    if not backup["ok"]:
        return str(backup["why"])
    if backup["last"] is None:
        return "nothing is backed up" if not backup["wanted"] else "none yet, late"
    return f"verified {backup['last']}{', late' if backup['late'] else ''}"


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--root",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The root certificate to trust; without it this installation's own.",
)
@click.option("--json", "as_json", is_flag=True, help="Each check as JSON.")
def verify(file: Path, root: Path | None, as_json: bool) -> None:
    """Check a report: seal, record, evidence. Ends with 0 only when no check fails."""
    from backend.reports.verify import run_verify

    sys.exit(run_verify(file, root, as_json, own_root=_config().keys_dir / "root-certificate.pem"))


@main.command()
def demo() -> None:
    """Make the demo: one company's last ninety days, through the program's own operations."""
    from backend.demo import load_demo

    load_demo(_config())


@main.command()
def openapi() -> None:
    """Print the description of the API, from which the tablet's types are made."""
    from backend.exchange import openapi as description
    from backend.exchange import registry

    with _app().app_context():
        click.echo(description.text(registry.current()), nl=False)


@main.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def simulate(words: tuple[str, ...]) -> None:
    """Play days of work with every fault there is, from seeds, and judge them (--help says how)."""
    sys.exit(_in_the_source_tree("tests.simulation", words))


def _in_the_source_tree(module: str, words: tuple[str, ...]) -> int:
    """Proofs live beside the tests, which are no part of an installation; the exit code of the child."""
    root = Path(__file__).parents[1]
    if not root.joinpath(*module.split("."), "__main__.py").exists():
        raise click.ClickException("this needs the source tree: run it from a checkout of the project")
    return subprocess.run([sys.executable, "-m", module, *words], cwd=root, check=False).returncode


main.add_command(accounts_cli.accounts)
for word in (backup_cli.backup, backup_cli.restore, backup_cli.bump_epoch, backup_cli.drill, rescue_cli.rescue):
    main.add_command(word)

if __name__ == "__main__":
    main()
