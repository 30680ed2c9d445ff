"""Bugs in the server: push, pull, merge, scope, journal."""

from __future__ import annotations

from tests.simulation.mutants.mutant import AGREEMENT, TWINS, Mutant

SERVER = (
    Mutant(
        "answered before the commit", "P26 (Kinto)", "I3",
        "The answer is out before the commit, and then the process ends.",
        "backend/core/db.py",
        "        session.commit()\n    except BaseException:\n        session.rollback()\n        raise",
        "        try:\n            session.commit()\n        except BaseException:\n            session.rollback()\n"
        "    except BaseException:\n        session.rollback()\n        raise",
    ),
    Mutant(
        "numbers are not remembered", "P8", "I4",
        "A push that comes again is carried out again.",
        "backend/exchange/push.py", "        old = _replayed(oplog, asked, place)", "        old = []",
    ),
    Mutant(
        "ids are not remembered", "P10", "I4",
        "An operation that comes under another number is another operation.",
        "backend/exchange/execute.py",
        "        elif op.id in self.logged or op.id in self.seen:\n            self._repeat(entry, op.id)\n"
        "        else:\n",
        "        elif op.id in self.seen:\n            self._repeat(entry, op.id)\n        else:\n"
        "            entry.repeats = op.id in self.logged\n",
    ),
    Mutant(
        "the token rolls for everybody", "P10", "I19",
        "An honest tablet that lost two answers is taken for a copy of itself.",
        "backend/exchange/devices.py", "if presented == place.resume:",
        "if presented in (place.resume, place.resume_before):",
        judge=AGREEMENT,
    ),
    Mutant(
        "the token before is refused", "P8", "I19",
        "An honest tablet that lost one answer is taken for a copy of itself.",
        "backend/exchange/devices.py", "if presented == place.resume_before and place.resume is not None:",
        "if False:",
        judge=AGREEMENT,
    ),
    Mutant(
        "the token never rolls", "P10 (Actual)", "I19",
        "An old copy of a storage is not recognised.",
        "backend/exchange/devices.py", 'return {"resume": fresh, "resume_before": place.resume}',
        'return {"resume": place.resume or fresh, "resume_before": place.resume or fresh}',
    ),
    Mutant(
        "the epoch is not compared by push", "P11 (CHT)", "I17",
        "A tablet goes on after a restore as if nothing had been lost.",
        "backend/exchange/push.py", "if asked.epoch != at.epoch:", "if False:",
    ),
    Mutant(
        "the epoch is not compared by pull", "P11 (Electric)", "I6",
        "A tablet reads on in a feed whose positions mean something else now.",
        "backend/exchange/pull.py", "if asked.epoch is not None and asked.epoch != now.at.epoch:", "if False:",
    ),
    Mutant(
        "held does not block", "P13", "order",
        "A later change of a row overtakes the one that is held.",
        "backend/exchange/execute.py", "if op.entity[1] in self.blocked:", "if False:",
    ),
    Mutant(
        "poison is not isolated", "P13 (PowerSync)", "I23",
        "One operation that breaks the server keeps everything behind it on the tablet for ever.",
        "backend/exchange/push.py", "if not asked.isolate or len(asked.texts) != 1:", "if True:",
    ),
    Mutant(
        "what is refused has effects", "P13", "I3",
        "What an operation wrote before it was refused stays.",
        "backend/exchange/execute.py", "work.keep() if result.status.takes_effect else work.drop()", "work.keep()",
    ),
    Mutant(
        "the loser is forgotten", "Kinto", "I12",
        "The value that did not become current is kept nowhere.",
        "backend/exchange/clashes.py", "        if decision.keep is not Keep.NOTHING:", "        if False:",
    ),
    Mutant(
        "the clock decides", "P6 (Actual, Joplin)", "I20",
        "Of two answers the one that a device calls later becomes current.",
        "backend/exchange/clashes.py", "    clash = clashes(held, incoming, base)\n",
        "    clash = clashes(held, incoming, base)\n"
        "    if clash and (_author(work, held).at or '') < work.op.at:\n        base = held.ver\n",
        judge=TWINS,
    ),
    Mutant(
        "the result lies too low", "P12", "I8",
        "The position of a result is the one before the effect, so that the tablet lets go of it too early.",
        "backend/exchange/oplog.py", "        position = (self.old_seq or seq) if",
        "        position = (self.old_seq or 1) if",
    ),
    Mutant(
        "the count is of another snapshot", "P12", "I7",
        "`ack_n` counts an operation that the rows beside it do not contain.",
        "backend/exchange/pull.py", '"ack_n": now.next_n - 1', '"ack_n": now.next_n',
        judge=AGREEMENT,
    ),
    Mutant(
        "a change has no new position", "P17", "I2",
        "A row that changes keeps its place in the feed: who has read past it never hears of it.",
        "backend/core/bulk.py", "for name in names if name not in key)",
        "for name in names if name not in (*key, 'seq'))",
        judge=AGREEMENT,
    ),
    Mutant(
        "a page begins behind a row", "P7 (RxDB)", "I6",
        "The row at the edge of two pages is in neither.",
        "backend/exchange/pull.py", '"after": after,', '"after": after + (1 if after else 0),',
        judge=AGREEMENT,
    ),
    Mutant(
        "pages are in no order", "P17", "I6",
        "Rows of a page are in the order of their ids, the cursor is the last one's position.",
        "backend/exchange/pull.py", ".order_by(HEADS.c.seq)", ".order_by(HEADS.c.entity_id)",
        judge=AGREEMENT,
    ),
    Mutant(
        "the last page says there is more", "P16", "I6",
        "A full page is called the last one.",
        "backend/exchange/pull.py", "return Page(texts, last), True", "return Page(texts, last), False",
        judge=AGREEMENT,
    ),
    Mutant(
        "the floor is ignored", "P18 (Joplin)", "I6",
        "Who was away when tombstones were dropped never hears of them.",
        "backend/exchange/cursors.py", " < at.floor or self.seq > at.seq", " < 0 or self.seq > at.seq",
    ),
    Mutant(
        "everybody reads everything", "P14", "I14",
        "A pull asks for rows of the organisation, whoever may see them.",
        "backend/exchange/pull.py", '.where(MINE, HEADS.c.seq > bindparam("after"))',
        '.where(HEADS.c.org_id == bindparam("org"), HEADS.c.seq > bindparam("after"))',
        judge=AGREEMENT,
    ),
    Mutant(
        "leaving is not said", "P14 (Watermelon)", "I14",
        "Who is taken off a visit is not told.",
        "backend/exchange/flush.py", 'seq = self._scope_head(person, audience, "out")', "seq = self.next()",
        judge=AGREEMENT,
    ),
    Mutant(
        "entering brings no tree", "P14", "I6",
        "Who is put on a visit gets what changes from now on, and not what is there.",
        "backend/exchange/flush.py", "        for audience in sorted(entered):\n", "        for audience in ():\n",
        judge=AGREEMENT,
    ),
    Mutant(
        "a row moves without a tombstone", "P15", "I14",
        "Who saw a row where it was keeps it when it is elsewhere.",
        "backend/exchange/flush.py", "if was is not None and was != becomes:", "if False:",
    ),
    Mutant(
        "the journal is no chain", "P5", "I16",
        "A line of the journal does not depend on the one before.",
        "backend/core/journal.py", "prev, last = last, chain.journal_link(last, ",
        "prev, last = last, chain.journal_link(chain.start(org_id), ",
        judge=AGREEMENT,
    ),
    Mutant(
        "a refusal uses up no number", "P9", "I9",
        "What cannot be read is answered and not kept.",
        "backend/exchange/execute.py", "            entries.append(entry)\n",
        "            if entry.code != 'invalid':\n                entries.append(entry)\n",
        judge=AGREEMENT,
    ),
    Mutant(
        "all of one's time is late", "P14", "I20",
        "What a person did before being taken off a visit is held, not taken.",
        "backend/exchange/scopes.py", "return left_at is not None and now - left_at <= LATE", "return False",
    ),
)  # fmt: skip
