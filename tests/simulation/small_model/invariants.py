"""What must be true in every state of the small model: the first sentence that is not, or None."""

from __future__ import annotations

from collections import Counter

from sync import chain
from sync.outcome import Status
from tests.simulation.small_model.server import truth_of
from tests.simulation.small_model.tablet import astray, is_in, shown, unsent
from tests.simulation.small_model.things import ITEM, RUN, Line, Server, Tablet


def of_server(server: Server) -> str | None:
    """I1, I3, I5, I16, I19."""
    if server.fault is not None:
        return server.fault
    seqs = [head.seq for head in server.heads]
    if len(seqs) != len(set(seqs)) or max(seqs, default=0) > server.seq:
        return "I1: two rows of the feed have one position, or one lies beyond the counter"
    if len({(line.device, line.n) for line in server.log}) != len(server.log):
        return "I19: two operations under one number of one device"
    for device in server.devices:
        lines = [line for line in server.log if line.device == device.id]
        if [line.n for line in lines] != list(range(1, device.next_n)):
            return f"I3, I5: {device.id} is at {device.next_n}, its log has {[line.n for line in lines]}"
        link = chain.start(device.id)
        for line in lines:
            link = chain.link(link, line.op.text)
            if line.link != link:
                return f"I16: the chain of {device.id} breaks at {line.n}"
        if device.link != link:
            return f"I16: {device.id} continues another chain"
    return _effects(server)


def _effects(server: Server) -> str | None:
    # By what was done, not by its id: each act of a person has a value of its own.
    first = Counter(line.op.value for line in server.log if not line.repeats)
    twice = [name for name, times in first.items() if times > 1]
    if twice:
        return f"I4: {twice} took effect more than once"
    rows = {(head.kind, head.id) for head in server.heads if head.value is not None}
    for line in server.log:
        wrote = Status(line.outcome.status).takes_effect and line.op.kind == "note"
        if wrote != (line.op.kind == "note" and line.op.entity in rows):
            return f"I3: {line.op.id} is {line.outcome.status}, its note is {'' if not wrote else 'not '}there"
        if wrote and (line.outcome.seq or 0) > server.seq:
            return f"I3: {line.op.id} has a position beyond the feed"
    return _values(server) or _order(server)


def _values(server: Server) -> str | None:
    """I12: a value that its successor's writer had not seen is kept beside; S11: nobody clashes with oneself."""
    kept = {head.id for head in server.heads if head.kind == "conflict"}
    current: Line | None = None
    for line in (line for line in server.log if line.op.kind == "set" and not line.repeats):
        if line.outcome.status == "conflict":
            if line.op.id not in kept:
                return f"I12: the value of {line.op.id} is nowhere"
            if not server.office_wrote and not any(_foreign(other, line) for other in server.log):
                return f"S11: {line.op.id} clashes, and nobody else has written"
        elif line.outcome.status == "applied":
            if current is not None and _foreign(current, line) and line.op.base < (current.outcome.seq or 0):
                return f"I12: {line.op.id} replaced {current.op.id}, which its writer had not seen"
            current = line
    return None


def _foreign(one: Line, other: Line) -> bool:
    """Set by another device with another value."""
    return one.op.kind == "set" and one.device != other.device and one.op.value != other.op.value


def _order(server: Server) -> str | None:
    """After an operation of a device is held, its later ones on the same row are held too (causal order)."""
    held: set[tuple[str, tuple[str, str]]] = set()
    for line in server.log:
        place = (line.device, line.op.entity)
        if place in held and line.outcome.status != "held" and not line.repeats:
            return f"order: {line.op.id} took effect although an earlier one on the same row is held"
        if line.outcome.status == "held":
            held.add(place)
    return None


def of_tablet(tablet: Tablet) -> str | None:
    """I6, I7 (found when a pull was applied), I8."""
    if tablet.fault is not None:
        return tablet.fault
    if tablet.devices > 1 and not tablet.forked:
        return "I19: a tablet that runs only once was called a copy of itself"
    applying = tablet.staged is not None and tablet.staged.whole
    wrong = astray(tablet) if not applying and not tablet.bootstrapping else set()
    if wrong:
        return f"I6: the base is not the server's state at its head: {sorted(wrong)}"
    view = shown(tablet)
    mine = [entry for entry in tablet.outbox if not entry.retired or is_in(tablet)]
    for entry in mine:
        visible = entry.outcome is None or Status(entry.outcome.status).takes_effect
        if visible and entry.op.kind == "note" and f"note/{entry.op.id}" not in view:
            return f"I8: the note {entry.op.id} has disappeared from view without an outcome that says so"
        early = entry.retired and entry.outcome and (entry.outcome.seq or 0) > tablet.head
        if early and not tablet.bootstrapping:
            return f"I8: {entry.op.id} is retired before the base contains it"
    latest = [entry.op for entry in tablet.outbox if entry.op.kind == "set" and entry.outcome is None]
    run = view.get(f"run/{RUN}")
    if latest and run is not None and run["answers"].get(ITEM) != latest[-1].value:
        return f"I8: the answer {latest[-1].id} is not in view"
    return None


def of_both(tablet: Tablet, server: Server) -> str | None:
    """I4, I9, I10, I17, I18: nothing is lost, nothing was said that is not so."""
    logged = {line.op.id for line in server.log}
    here = {entry.op.id for entry in tablet.outbox}
    lost = [name for name in tablet.made if name not in here and name not in logged]
    if lost:
        return f"I9: {lost} is neither on the tablet nor in the server's log"
    out = any(row.kind == "scope" for row in tablet.rows) and not is_in(tablet)
    works = any(not entry.retired and entry.op.entity == ("run", RUN) for entry in tablet.outbox)
    if out and works and server.answer is not None and not any(row.kind == "run" for row in tablet.rows):
        return "I8, S19: a tree was dropped under an operation that is not sent"
    if tablet.epoch != server.epoch:
        return None
    lines = {(line.device, line.n): line for line in server.log}
    for entry in tablet.outbox:
        line = lines.get((entry.device, entry.n))
        if entry.outcome is None or entry.device != tablet.device:
            continue
        if line is None or line.op != entry.op or line.outcome != entry.outcome:
            return f"I4: the tablet was told that {entry.op.id} is {entry.outcome.status}; the log does not say so"
    backed_up = {line.op.id for line in server.backup.log} if server.backup else set()
    pruned = set(tablet.made) - here
    if pruned - backed_up:
        return f"I18: {pruned - backed_up} was forgotten, and no backup has it"
    return None


def after_healing(tablet: Tablet, server: Server, other: Tablet) -> str | None:
    """I23, I6, I13, I17: faults have stopped, five rounds are over."""
    if tablet.closed or unsent(tablet) or tablet.staged or tablet.bootstrapping or tablet.head != server.seq:
        return f"I23: {tablet.person} is stuck with {unsent(tablet)} unsent at {tablet.head} of {server.seq}"
    have = {(row.kind, row.id, row.ver) for row in tablet.rows}
    truth = truth_of(server, tablet.person)
    if have != truth:
        return f"I6: {tablet.person}'s base differs from the server's state: {sorted(have ^ truth)}"
    shared = {"visit", "run", "note", "conflict"}
    ours, theirs = ({row[:3] for row in one.rows if row.kind in shared} for one in (tablet, other))
    if is_in(tablet) and is_in(other) and ours != theirs:
        return f"I13: two tablets of equal scope differ: {ours ^ theirs}"
    missing = set(tablet.made) - {line.op.id for line in server.log}
    return f"I17: {missing} never arrived" if missing else None
