// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import {render, screen} from '@testing-library/preact';
import {afterEach, describe, expect, test} from 'vitest';
import {act} from '../../src/app/act.ts';
import {statusLine} from '../../src/app/status_words.ts';
import {opened} from '../../src/app/tablet.ts';
import {viewNow} from '../../src/app/view.ts';
import type {Change} from '../../src/exchange/types.ts';
import type {OperationResult} from '../../src/sync/outcome.ts';
import ConflictsScreen from '../../src/features/conflicts/conflicts_screen.tsx';
import RunScreen from '../../src/features/checklist/run_screen.tsx';
import SyncScreen from '../../src/features/sync/sync_screen.tsx';
import VisitScreen from '../../src/features/visit/visit_screen.tsx';
import {speak} from '../../src/i18n/i18n.ts';
import {makeChange, PERSON, RUN, VISIT} from '../store/makers.ts';
import {closeTablet, COLLEAGUE, openTablet, rows} from './open_tablet.ts';

const CONFLICT = '01930000-0000-7000-8000-000000000f09';
const DISPATCHER = '01930000-0000-7000-8000-000000000f0a';
const STATUS = {unsent: 0, unsentBlobs: {count: 0, bytes: 0}, refusedBlobs: 0, storage: null, signedOut: false, closed: {}, divergence: [], lastContact: 1, doing: 'nothing'} as unknown as Parameters<typeof statusLine>[0];

afterEach(closeTablet);

const conflict = (over: Record<string, unknown> = {}) => makeChange({k: 'conflict', id: CONFLICT, v: {
  visit: VISIT, kind: 'run', entity: RUN, field: 'answers.fans', state: 'open', choice: null, decided_by: null,
  current: {value: 'pass', by: COLLEAGUE, at: '2026-11-24T01:10:00.000Z'}, candidate: {value: 'fail', by: PERSON, at: '2026-11-24T01:12:00.000Z', op: 'o'}, ...over,
}});
const DECIDED = {state: 'decided', choice: 'candidate', decided_by: DISPATCHER};
const dispatcher = () => makeChange({k: 'person', id: DISPATCHER, v: {name: 'Mei Lin', skills: [], base: null, employer: null, active: true}});

/** The tablet with a checklist of two engineers. */
function open(...more: readonly Change[]) {
  return openTablet(rows.visit(), rows.site(), rows.run({answers: {fans: 'pass'}, authors: {fans: {by: COLLEAGUE, at: '2026-11-24T01:10:00.000Z'}}}), rows.checklist(), rows.asset(), rows.colleague(), dispatcher(), ...more);
}

/** One own act that the office answered like this. */
async function answered(type: string, entity: readonly [string, string], args: Record<string, string>, result: Record<string, unknown>) {
  const row = await act(type, entity, args, {base: viewNow().head});
  await opened().store.commit([{kind: 'settle', results: [{n: row.n, id: row.id, seq: null, ...result} as OperationResult], links: ['a'.repeat(64)], at: 1}]);
  return row;
}

describe('two values of one answer', () => {
  test('stand side by side with who and when, and it is said who decides', async () => {
    await open(conflict());
    render(<ConflictsScreen rest={[VISIT]} />);
    expect(await screen.findByText('The office decides')).toBeTruthy();
    expect(screen.getByText('Fans turn')).toBeTruthy();
    for (const words of ['Pass', 'Fail', 'Yours']) expect(screen.getByText(words)).toBeTruthy();
    expect(screen.getByText(/^Nurul/).parentElement?.textContent).toMatch(/^Nurul · counts nowPass24 Nov 2026, /);
    expect(screen.getByRole('link', {name: 'Answer anew or add a remark'}).getAttribute('href')).toBe(`/app/run/${RUN}/fans`);
  });

  test('a correction made since is what counts now', async () => {
    await openTablet(rows.visit(), rows.run({answers: {fans: 'na'}}), rows.checklist(), rows.colleague(), conflict());
    render(<ConflictsScreen rest={[VISIT]} />);
    expect(await screen.findByText('Corrected since: N/A counts now.')).toBeTruthy();
  });

  test('what the person had answered before is shown where the tablet still knows it', async () => {
    await open();
    await act('answer.set', ['run', RUN], {item: 'fans', value: 'na'}, {base: 10});
    await act('answer.set', ['run', RUN], {item: 'fans', value: 'fail'}, {base: 10});
    await opened().store.commit([{kind: 'stage', changes: [conflict()]}, {kind: 'apply', limit: 100, generation: 1}]);
    render(<ConflictsScreen rest={[VISIT]} />);
    expect((await screen.findByText('What you had answered before')).parentElement?.textContent).toContain('N/A');
  });

  test('the decision says who decided and whose value counts', async () => {
    await open(conflict(DECIDED));
    render(<ConflictsScreen rest={[VISIT]} />);
    expect(await screen.findByText('Mei Lin decided: your value counts')).toBeTruthy();
    expect(screen.queryByText('The office decides')).toBeNull();
    expect(screen.queryByRole('link', {name: 'Answer anew or add a remark'})).toBeNull();
  });

  test.each([['zh', '由办公室决定'], ['ms', 'Pejabat yang memutuskan']] as const)('are said in %s too', async (language, words) => {
    await open(conflict());
    await speak(language);
    render(<ConflictsScreen rest={[VISIT]} />);
    expect(await screen.findByText(words)).toBeTruthy();
  });
});

describe('the way to them', () => {
  test('is on the visit, in the place of signing, until the office has decided', async () => {
    const finished = ['working', 'finished'].map((mark, at) => ({id: mark, mark, at: `2026-11-24T0${at + 1}:00:00.000Z`, by: PERSON, confidence: 'tablet'}));
    await openTablet(rows.visit({marks: finished}), rows.site(), rows.run(), rows.checklist(), conflict());
    const {unmount} = render(<VisitScreen rest={[VISIT]} />);
    const [first] = await screen.findAllByRole('link', {name: 'See both values'});
    expect(first?.getAttribute('href')).toBe(`/app/conflicts/${VISIT}`);
    expect(screen.queryByRole('button', {name: 'Sign-off with the client'})).toBeNull();
    unmount();
    await opened().store.commit([{kind: 'stage', changes: [conflict(DECIDED)]}, {kind: 'apply', limit: 100, generation: 1}]);
    render(<VisitScreen rest={[VISIT]} />);
    expect(await screen.findByRole('button', {name: 'Sign-off with the client'})).toBeTruthy();
  });

  test('is on the item itself', async () => {
    await open(conflict());
    render(<RunScreen rest={[RUN]} />);
    expect((await screen.findByRole('link', {name: /Answered differently by two of you/})).getAttribute('href')).toBe(`/app/conflicts/${VISIT}`);
  });
});

describe('two values of a thing that is of no visit', () => {
  const ASSET = rows.asset().id;
  const about = (over: Record<string, unknown> = {}) => conflict({
    visit: null, kind: 'asset', entity: ASSET, field: 'place', current: {value: 'Rack 1', by: COLLEAGUE, at: '2026-11-24T01:10:00.000Z'}, candidate: {value: 'Rack 2', by: PERSON, at: '2026-11-24T01:12:00.000Z', op: 'o'}, ...over,
  });
  const comes = (change: Change) => opened().store.commit([{kind: 'stage', changes: [change]}, {kind: 'apply', limit: 100, generation: 1}]);

  test.each([
    ['candidate', 'Mei Lin decided: your value counts. The other one stays to be seen.'],
    ['current', 'Mei Lin decided: the other value counts. Yours stays to be seen.'],
  ])('leave what needs attention when the office has decided, and it is told who did: %s', async (choice, words) => {
    await open();
    await answered('asset.edit', ['asset', ASSET], {place: 'Rack 2'}, {status: 'conflict', conflict_id: CONFLICT});
    await comes(about());
    expect(viewNow().trouble()).toHaveLength(1);
    await comes({...about({state: 'decided', choice, decided_by: DISPATCHER}), ver: 99});
    expect(viewNow().trouble()).toHaveLength(0);
    render(<SyncScreen />);
    expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.getByText(String(rows.asset().v?.['name']))).toBeTruthy();
    expect(screen.getByRole('link', {name: 'Look'}).getAttribute('href')).toBe('/app/conflicts');
  });

  test('stand side by side, with what they are about', async () => {
    await open(about({state: 'decided', choice: 'current', decided_by: DISPATCHER}));
    render(<ConflictsScreen rest={[]} />);
    for (const words of ['Place', 'Rack 1', 'Rack 2', 'Yours']) expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.getByText(String(rows.asset().v?.['name']))).toBeTruthy();
    expect(screen.getByText(/^Mei Lin decided: the value of Nurul counts/)).toBeTruthy();
  });

  test('a correction made since is what counts now', async () => {
    await open(makeChange({k: 'asset', id: ASSET, ver: 99, v: {...rows.asset().v, place: 'Rack 9'}}), about());
    render(<ConflictsScreen rest={[]} />);
    expect(await screen.findByText('Corrected since: Rack 9 counts now.')).toBeTruthy();
  });

  test('a value that the person may not see any more is said to be there', async () => {
    await open(about({current: {value: null, withheld: true, by: COLLEAGUE, at: '2026-11-24T01:10:00.000Z'}}));
    render(<ConflictsScreen rest={[]} />);
    expect(await screen.findByText('Not shown: you no longer go to this site')).toBeTruthy();
    expect(screen.queryByText('No answer')).toBeNull();
  });

  test('are not among those of a visit', async () => {
    await open(about());
    render(<ConflictsScreen rest={[VISIT]} />);
    expect(await screen.findByText('Nobody differs here')).toBeTruthy();
  });
});

describe('what the office did not simply take', () => {
  test.each([
    ['device_suspended', 'This tablet was suspended. Your work is kept; call the office, which can let it pass.'],
    ['blocked_by', 'It waits with an earlier change that was held. The office decides on both together.'],
    ['server_error', 'The office’s system failed at it. It is kept there; the office tries again.'],
  ])('is told in words: %s', async (code, words) => {
    await open();
    await answered('visit.mark', ['visit', VISIT], {mark: 'working'}, {status: 'held', code});
    render(<SyncScreen />);
    expect(await screen.findByText(words)).toBeTruthy();
  });

  test('leaves what needs attention when the office has decided, and it is told why', async () => {
    await open();
    const row = await answered('visit.mark', ['visit', VISIT], {mark: 'working'}, {status: 'held', code: 'out_of_scope'});
    expect(viewNow().trouble()).toHaveLength(1);
    const decision = makeChange({k: 'held_decision', id: row.id, v: {device: 'd', choice: 'set_aside', reason: 'Another visit', status: null, code: null, decided_by: DISPATCHER, decided_at: '2026-11-24T02:00:00.000Z'}});
    await opened().store.commit([{kind: 'stage', changes: [decision]}, {kind: 'apply', limit: 100, generation: 1}]);
    expect(viewNow().trouble()).toHaveLength(0);
    render(<SyncScreen />);
    expect(await screen.findByText(/^Mei Lin set it aside, .*: Another visit$/)).toBeTruthy();
  });

  test('is counted in the line that is always there', () => {
    expect(statusLine(STATUS, false, 2)).toMatchObject({words: 'All sent · 2 changes need attention', tone: 'warn', href: '/app/sync'});
    expect(statusLine(STATUS, false, 0).tone).toBe('ok');
  });
});
