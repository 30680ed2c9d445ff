"""Bugs in the tablet: engine and store."""

from __future__ import annotations

from tests.simulation.mutants.mutant import ENGINE, SWEEP, Mutant

TABLET = (
    Mutant(
        "retired when answered", "P12 (Replicache's own warning)", "I8",
        "An operation leaves the view when it was answered, though the base lacks its effect.",
        "pwa/src/exchange/settle.ts", "    {kind: 'retire', head},",
        "    {kind: 'retire', head: Number.MAX_SAFE_INTEGER},",
        judge=ENGINE,
    ),
    Mutant(
        "the cursor is written before the rows", "P19 (RxDB)", "I6",
        "Cursor and counts are one transaction, rows another one after it.",
        "pwa/src/store/store.ts",
        "      await this.#connection.write(['meta', 'rows', 'outbox', 'inbox', 'blobs', 'chunks'], ",
        "      await this.#connection.write(['meta'], async (within) => { if (sealed.meta !== null) "
        "await within.put('meta', sealed.meta); });\n"
        "      await this.#connection.write(['meta', 'rows', 'outbox', 'inbox', 'blobs', 'chunks'], ",
        judge=SWEEP,
    ),
    Mutant(
        "a page is revealed at once", "P16", "I6",
        "Each page is applied when it comes, as if it were the last one.",
        "pwa/src/exchange/pull.ts", "    whole: !page.more,", "    whole: true,",
        judge=ENGINE,
    ),
    Mutant(
        "401 is an outcome", "P23 (wger)", "I9",
        "Without a session what was sent is put down as rejected.",
        "pwa/src/exchange/retry.ts", "      turn.state.signedOut = true;\n",
        "      turn.state.signedOut = true;\n"
        "      if (name === 'push' && turn.state.push.sent !== null) {\n"
        "        const {sent} = turn.state.push;\n"
        "        const results = sent.ids.map((id, at) => ({n: sent.body.first + at, id, status: "
        "'rejected' as const, seq: null, code: 'sign_in'}));\n"
        "        turn.commit('push', [{kind: 'settle', results, links: [...sent.links], at: "
        "turn.now}], {ackedN: sent.body.first + results.length - 1}, {kind: 'rewound'});\n"
        "      }\n",
        judge=ENGINE,
    ),
    Mutant(
        "a captive portal is an answer", "P23", "I9",
        "Any 200 counts as received, whatever it says.",
        "pwa/src/exchange/push.ts", "  if (sent === null || told === null) return rest(turn, push);\n",
        "  if (sent === null) return rest(turn, push);\n"
        "  if (told === null) return turn.commit('push', [], {ackedN: sent.body.first + "
        "sent.ids.length - 1}, {kind: 'rewound'});\n",
        judge=ENGINE,
    ),
    Mutant(
        "the nonce of a page is not compared", "P20 (Electric)", "I6",
        "A page that a cache kept is taken for the one that was asked for.",
        "pwa/src/exchange/settle.ts", "answer['nonce'] !== nonce || ", "",
        judge=ENGINE,
    ),
    Mutant(
        "two windows, one number", "P21 (Actual)", "I9",
        "The number of an operation is the one that this window remembers.",
        "pwa/src/store/store.ts", "        return keepNumbered(within, sealed);",
        "        const own = this.#memory.meta.nextN;\n"
        "        await within.put('outbox', {...sealed, n: own});\n"
        "        await within.put('meta', {key: 'next_n', next: own + 1});\n"
        "        return own;",
    ),
    Mutant(
        "leaving takes what is unsent", "P14 (Watermelon)", "I9",
        "With the tree of a visit goes what was done there and not sent.",
        "pwa/src/store/planning.ts", "    if (left !== null) leaving(this.#triples(), left, this.#busy())",
        "    if (left !== null) for (const [n, row] of [...this.#outbox]) if (row.result === null) { "
        "this.#outbox.delete(n); this.#touchedOutbox.add(n); }\n"
        "    if (left !== null) leaving(this.#triples(), left, this.#busy())",
    ),
    Mutant(
        "a fresh start takes what is unsent", "P18", "I10",
        "Who must fetch everything anew forgets what was not sent.",
        "pwa/src/store/planning.ts", "  #sweep(generation: number): void {\n",
        "  #sweep(generation: number): void {\n"
        "    for (const [n, row] of [...this.#outbox]) if (row.result === null) { "
        "this.#outbox.delete(n); this.#touchedOutbox.add(n); }\n",
        judge=ENGINE,
    ),
    Mutant(
        "a restored server is told nothing again", "P11 (CHT)", "I17",
        "What had an outcome before the restore keeps it, although the server has lost the operation.",
        "pwa/src/exchange/push.ts", "{kind: 'reopen', from}, {kind: 'reoffer'}, ", "{kind: 'reoffer'}, ",
        judge=ENGINE,
    ),
    Mutant(
        "nothing is swept", "P18", "I6",
        "Rows that the server no longer has survive a fresh start.",
        "pwa/src/store/planning.ts", "if (row.generation !== generation && !busy.has(name)) this.#drop(name);",
        "void busy;",
        judge=ENGINE,
    ),
    Mutant(
        "a fresh start is no new generation", "P11", "I6",
        "After a fresh start old rows cannot be told from new ones.",
        "pwa/src/exchange/pull.ts", "generation: generation + 1}", "generation}",
        judge=ENGINE,
    ),
    Mutant(
        "a batch that breaks the server is not halved", "P13", "I23",
        "The same batch is sent again and again.",
        "pwa/src/exchange/push.ts", "Math.max(1, Math.floor(count / 2))", "Math.max(1, count)",
        judge=ENGINE,
    ),
    Mutant(
        "nobody is sent alone", "P13 (PowerSync)", "I23",
        "An operation that breaks the server is never asked to be set aside.",
        "pwa/src/exchange/push.ts", "entries.length === 1 && push.strikes >= STRIKES_UNTIL_ALONE", "false",
        judge=ENGINE,
    ),
    Mutant(
        "the link is not kept", "P9", "I23",
        "After a restart nobody knows where the chain stands.",
        "pwa/src/store/planning.ts", "link: links[place] ?? row.link", "link: row.link",
        judge=ENGINE,
    ),
    Mutant(
        "the act is one thing, its photo another", "P29", "I9",
        "The operation is kept in one transaction, the list of its photos in the next.",
        "pwa/src/store/store.ts",
        "        await within.put('blobs', ...sealedBlobs);\n        await within.put('meta', ...sealedSettings);\n",
        "        await within.put('meta', ...sealedSettings);\n",
    ),
    Mutant(
        "a tree stays when the work is sent", "P14", "I14",
        "What had to stay because of unsent work is never let go.",
        "pwa/src/store/planning.ts", "    if (out.size === 0) return;\n    const trees",
        "    if (out.size >= 0) return;\n    const trees",
    ),
    Mutant(
        "repeated without a pause", "P3", "I24",
        "What failed is tried again at once, and again.",
        "pwa/src/exchange/retry.ts", "lane.retryAt = turn.now + Math.round((atLeast ?? 0) + jitter);",
        "lane.retryAt = turn.now + Math.round((atLeast ?? 0) + jitter * 0);",
    ),
    Mutant(
        "any answer to a push is the one to this push", "P20", "I9",
        "Neither nonce nor numbers of an answer are compared: the outcome of one operation is taken for another's.",
        "pwa/src/exchange/settle.ts",
        "  if (nonce !== sent.body.nonce || typeof epoch !== 'string' || typeof resume !== 'string' || !isWhole(seq)) "
        "return null;\n"
        "  if (!Array.isArray(results) || results.length !== sent.ids.length) return null;\n"
        "  const fits = results.every(\n    (line, index) =>\n"
        "      isResult(line) && line.n === sent.body.first + index && "
        "(line.id === null || line.id === sent.ids[index]),\n  );",
        "  if (typeof epoch !== 'string' || typeof resume !== 'string' || !isWhole(seq)) return null;\n"
        "  if (!Array.isArray(results) || results.length !== sent.ids.length) return null;\n"
        "  const fits = results.every(isResult);",
        judge=ENGINE,
    ),
    Mutant(
        "the token is not kept", "P10", "I19",
        "The tablet goes on with the token that it was given first.",
        "pwa/src/exchange/push.ts", "const set = {ackedN, resume: told.resume, ",
        "const set = {ackedN, resume: meta.resume ?? told.resume, ",
        judge=ENGINE,
    ),
    Mutant(
        "a copy gives up", "P10 (Replicache)", "I23",
        "Who is told to be a copy sends nothing any more, and what it holds stays there.",
        "pwa/src/exchange/fork.ts",
        "  turn.commit('push', [...unproven(turn), {kind: 'rekey', device: newDevice(turn)}], {}, {kind: 'rekeyed'});",
        "  push.closed = 'device_forked';",
        judge=ENGINE,
    ),
    Mutant(
        "any answer is the awaited one", "P20", "I6",
        "An answer that comes after the patience has ended is taken for that to the next request.",
        "pwa/src/exchange/engine.ts", "turn.lane(name).busy?.doing === doing && turn.lane(name).busy?.id === id;",
        "turn.lane(name).busy?.doing === doing && id > 0;",
        judge=ENGINE,
    ),
    Mutant(
        "pages lie on each other", "P16", "I6",
        "The second page that waits to be applied takes the place of the first.",
        "pwa/src/store/planning.ts", "    const first = (this.#inbox.at(-1)?.n ?? 0) + 1;", "    const first = 1;",
        judge=ENGINE,
    ),
    Mutant(
        "what is beyond the limit is dropped", "P19", "I6",
        "Rows for which one transaction has no room are forgotten.",
        "pwa/src/store/planning.ts",
        "      if (changes.length > room) this.#putPage({n, changes: changes.slice(room)});\n", "",
        judge=ENGINE,
    ),
    Mutant(
        "too late is never again", "P27", "I9",
        "Who hears nothing from the server takes the push for done.",
        "pwa/src/exchange/engine.ts", "  turn.lane(name).busy = null;\n  rest(turn, turn.lane(name));\n}",
        "  turn.lane(name).busy = null;\n"
        "  const {sent} = turn.state.push;\n"
        "  if (name === 'push' && sent !== null) return turn.commit('push', [], {ackedN: "
        "sent.body.first + sent.ids.length - 1}, {kind: 'rewound'});\n"
        "  rest(turn, turn.lane(name));\n}",
        judge=ENGINE,
    ),
    Mutant(
        "a failed write was written", "P19, P29", "I6",
        "What the tablet's storage refused is taken for kept.",
        "pwa/src/exchange/engine.ts", "  lane.busy = null;\n  turn.state.storage = reason;\n",
        "  if (lane.busy?.doing === 'commit') Object.assign(turn.state.meta, lane.busy.set);\n"
        "  lane.busy = null;\n  turn.state.storage = reason;\n",
        judge=ENGINE,
    ),
)  # fmt: skip
