from tests.services.redis import RedisServer, running_redis


def test_a_test_can_keep_and_read_values(redis_server: RedisServer, redis_url: str) -> None:
    assert redis_url == redis_server.url
    with redis_server.client() as client:
        client.set("job", "render")
        assert client.get("job") == b"render"


def test_a_test_finds_it_empty_whatever_ran_before(redis_server: RedisServer, redis_url: str) -> None:
    with redis_server.client() as client:
        assert client.dbsize() == 0


def test_it_writes_nothing_to_disk(redis_server: RedisServer, redis_url: str) -> None:
    with redis_server.client() as client:
        assert client.config_get("save") == {"save": ""}
        assert client.config_get("appendonly") == {"appendonly": "no"}


def test_it_can_be_lost_and_is_gone_afterwards() -> None:
    with running_redis() as server:
        server.child.kill()
        assert not server.answers()
