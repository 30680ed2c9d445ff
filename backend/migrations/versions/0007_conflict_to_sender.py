"""exchange: a conflict outside visits is of the audience of the person whose value came second

Until now it was of the office's, and the sender's tablet never heard how it was decided. Each such head moves, with a new
position, so that tablets get it at their next pull. Who is not in the scope of the thing now is not told the value
that is in force.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

CONFLICTS = sa.table(
    'conflict',
    *map(sa.column, ('org_id', 'id', 'visit', 'kind', 'entity')),
    sa.column('current', JSON),
    sa.column('candidate', JSON),
)
HEADS = sa.table(
    'sync_head',
    *map(sa.column, ('org_id', 'audience', 'kind', 'entity_id', 'seq', 'ver', 'deleted', 'mark')),
    sa.column('body', sa.LargeBinary),
)
ORGS = sa.table('sync_org', sa.column('org_id'), sa.column('seq'))
INTERVALS = sa.table('scope_interval', *map(sa.column, ('org_id', 'person', 'audience', 'leave_seq')))


def upgrade() -> None:
    connection = op.get_bind()
    for row in _outside_visits(connection):
        to = f"u:{row.candidate['by']}"
        shown = row.current if _sees(connection, row) else {**row.current, 'withheld': True}
        told = shown if shown is row.current else {**shown, 'value': None}
        # What an earlier way back has left there.
        connection.execute(sa.delete(HEADS).where(*_head(row, to)))
        _rewrite(connection, row, 'office', shown, told)
        _move(connection, row, 'office', to)


def downgrade() -> None:
    connection = op.get_bind()
    for row in _outside_visits(connection):
        was = f"u:{row.candidate['by']}"
        plain = {name: value for name, value in row.current.items() if name != 'withheld'}
        _rewrite(connection, row, was, plain, plain)
        _move(connection, row, was, 'office')
        _leave_tombstone(connection, row, was)


def _outside_visits(connection: sa.Connection) -> list[sa.Row[Any]]:
    asked = sa.select(CONFLICTS).where(CONFLICTS.c.visit.is_(None))
    return list(connection.execute(asked.order_by(CONFLICTS.c.org_id, CONFLICTS.c.id)))


def _sees(connection: sa.Connection, row: sa.Row[Any]) -> bool:
    """Whether the thing itself is before the person now."""
    of_thing = (HEADS.c.org_id == row.org_id, HEADS.c.kind == row.kind, HEADS.c.entity_id == row.entity)
    asked = sa.select(HEADS.c.audience).where(*of_thing, HEADS.c.deleted.is_(False))
    audience = connection.execute(asked).scalar()
    if audience in ('org', 'office'):
        return True
    open_ones = sa.select(INTERVALS.c.person).where(
        INTERVALS.c.org_id == row.org_id,
        INTERVALS.c.person == row.candidate['by'],
        INTERVALS.c.audience == audience,
        INTERVALS.c.leave_seq.is_(None),
    )
    return connection.execute(open_ones).first() is not None


def _head(row: sa.Row[Any], audience: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        HEADS.c.org_id == row.org_id,
        HEADS.c.audience == audience,
        HEADS.c.kind == 'conflict',
        HEADS.c.entity_id == row.id,
    )


def _rewrite(connection: sa.Connection, row: sa.Row[Any], audience: str, kept: dict[str, Any], told: dict[str, Any]) -> None:
    """`kept`: what the table says of the value in force; `told`: what tablets are told of it."""
    if kept == row.current:
        return
    mine = (CONFLICTS.c.org_id == row.org_id, CONFLICTS.c.id == row.id)
    connection.execute(sa.update(CONFLICTS).where(*mine).values(current=kept))
    body = connection.execute(sa.select(HEADS.c.body).where(*_head(row, audience))).scalar_one()
    said = json.loads(b'{' + bytes(body))
    said['v']['current'] = told
    connection.execute(sa.update(HEADS).where(*_head(row, audience)).values(body=_dumps(said)))


def _move(connection: sa.Connection, row: sa.Row[Any], was: str, to: str) -> None:
    moved = sa.update(HEADS).where(*_head(row, was)).values(audience=to, seq=_next(connection, row.org_id))
    connection.execute(moved)


def _leave_tombstone(connection: sa.Connection, row: sa.Row[Any], audience: str) -> None:
    """So that tablets let go of what they got."""
    asked = sa.select(HEADS).where(*_head(row, 'office'))
    head = dict(connection.execute(asked).mappings().one())
    at = _next(connection, row.org_id)
    body = _dumps({'k': 'conflict', 'id': row.id, 'ver': at, 'del': True})
    gone = {**head, 'audience': audience, 'seq': at, 'ver': at, 'deleted': True, 'body': body}
    connection.execute(sa.insert(HEADS).values(gone))


def _next(connection: sa.Connection, org_id: str) -> int:
    mine = ORGS.c.org_id == org_id
    connection.execute(sa.update(ORGS).where(mine).values(seq=ORGS.c.seq + 1))
    return int(connection.execute(sa.select(ORGS.c.seq).where(mine)).scalar_one())


def _dumps(said: dict[str, Any]) -> bytes:
    """As the feed keeps it: without the brace before it."""
    return json.dumps(said, ensure_ascii=False, separators=(',', ':')).encode()[1:]
