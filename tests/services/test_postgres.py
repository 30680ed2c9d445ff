import psycopg
import pytest

from tests.services.postgres import PostgresServer, newest_programs, running_postgres


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"))


def test_a_test_gets_an_empty_database_that_it_can_write_to(postgres_url: str) -> None:
    with connect(postgres_url) as connection:
        connection.execute("CREATE TABLE note (text text)")
        connection.execute("INSERT INTO note VALUES ('检查')")
        assert connection.execute("SELECT text FROM note").fetchall() == [("检查",)]


def test_two_databases_do_not_see_each_other(postgres_server: PostgresServer) -> None:
    with postgres_server.database() as one, postgres_server.database() as other:
        with connect(one) as connection:
            connection.execute("CREATE TABLE only_here (n int)")
        with connect(other) as connection, pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT * FROM only_here")


def test_a_database_is_dropped_although_a_connection_was_forgotten(postgres_server: PostgresServer) -> None:
    with postgres_server.database() as url:
        forgotten = connect(url)

    with pytest.raises(psycopg.OperationalError):
        connect(url)
    with pytest.raises(psycopg.OperationalError):
        forgotten.execute("SELECT 1")


def test_the_server_for_measurements_forces_commits_to_disk_and_the_usual_one_does_not(
    postgres_server: PostgresServer,
) -> None:
    with running_postgres(durable=True) as durable:
        assert setting(durable, "fsync") == "on"
        assert setting(durable, "synchronous_commit") == "on"
    assert setting(postgres_server, "fsync") == "off"


def setting(server: PostgresServer, name: str) -> str:
    with server.database() as url, connect(url) as connection:
        row = connection.execute(f"SHOW {name}").fetchone()
    assert row is not None
    return str(row[0])


def test_the_server_is_gone_afterwards_although_a_connection_was_forgotten() -> None:
    with running_postgres() as server:
        forgotten = connect(server.url("postgres"))

    assert not server.answers()
    with pytest.raises(psycopg.OperationalError):
        forgotten.execute("SELECT 1")


def test_the_programs_found_include_initdb_and_the_server() -> None:
    assert (newest_programs() / "initdb").exists()
    assert (newest_programs() / "postgres").exists()
