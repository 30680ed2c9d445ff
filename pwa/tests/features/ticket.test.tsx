// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import {fireEvent, render, screen, waitFor} from '@testing-library/preact';
import {afterEach, expect, test} from 'vitest';
import SyncScreen from '../../src/features/sync/sync_screen.tsx';
import TicketScreen from '../../src/features/ticket/ticket_screen.tsx';
import {visitFor} from '../../src/features/ticket/rules.ts';
import {act} from '../../src/app/act.ts';
import {opened} from '../../src/app/tablet.ts';
import {makeChange, PERSON, RUN, VISIT} from '../store/makers.ts';
import {closeTablet, deeds, openTablet, restart, rows, TICKET} from './open_tablet.ts';

afterEach(closeTablet);

const write = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), {target: {value}});
const tap = (name: string) => fireEvent.click(screen.getByRole('button', {name, hidden: true}));

test('resolving needs cause and action, and its minutes go to the visit under way', async () => {
  await openTablet(rows.visit({tickets: [TICKET]}), rows.site(), rows.asset(), rows.ticket());
  render(<TicketScreen rest={[TICKET]} />);
  tap('Resolve');
  await screen.findByLabelText('Cause');
  // The sheet's own button stands before that of the bottom bar.
  const [go] = screen.getAllByRole('button', {name: 'Resolve', hidden: true}) as HTMLButtonElement[];
  expect(go?.disabled).toBe(true);
  write('Cause', 'Worn roller');
  write('What was done', 'Roller replaced');
  fireEvent.click(screen.getByRole('radio', {name: '15 min', hidden: true}));
  await waitFor(() => expect(go?.disabled).toBe(false));
  fireEvent.click(go!);
  await waitFor(() => expect(deeds()).toHaveLength(2));
  expect(deeds()).toMatchObject([
    {type: 'ticket.resolve', entity: ['ticket', TICKET], args: {cause: 'Worn roller', action: 'Roller replaced', prevention: null}},
    {type: 'time.add', args: {visit: VISIT, ticket: TICKET, kind: 'on_site', minutes: 15}},
  ]);
});

test('only steps that the state allows are offered', async () => {
  await openTablet(rows.site(), rows.asset(), rows.ticket({state: 'waiting', waiting_for: 'part'}));
  render(<TicketScreen rest={[TICKET]} />);
  expect(screen.getByRole('button', {name: 'Go on'})).toBeTruthy();
  expect(screen.queryByRole('button', {name: 'Put on wait'})).toBeNull();
  expect(screen.queryByRole('button', {name: 'Start'})).toBeNull();
});

test('a half-written resolution is there after a restart', async () => {
  const machine = await openTablet(rows.site(), rows.asset(), rows.ticket());
  const {unmount} = render(<TicketScreen rest={[TICKET]} />);
  tap('Resolve');
  await screen.findByLabelText('Cause');
  write('Cause', 'Worn roller');
  unmount();
  await waitFor(async () => expect(await opened().store.draft(TICKET)).toEqual({cause: 'Worn roller'}));

  await restart(machine);
  render(<TicketScreen rest={[TICKET]} />);
  tap('Resolve');
  await waitFor(() => expect((screen.getByLabelText('Cause') as HTMLTextAreaElement).value).toBe('Worn roller'));
});

test.each([
  ['held', 'wrong_state', 'It had moved on meanwhile. The office sees what you did.'],
  ['rejected', 'signed', 'The visit was signed already. The office can add it as an amendment.'],
  ['held', 'of_tomorrow', 'The office looks at it (of_tomorrow).'],
] as const)('the sync page says why an act is %s: %s', async (status, code, words) => {
  await openTablet(rows.visit(), rows.run());
  await act('answer.set', ['run', RUN], {item: 'fans', value: 'pass'}, {base: 10});
  await opened().store.commit([{kind: 'settle', results: [{n: 1, id: null, status, seq: null, code}], links: ['aa'], at: 1}]);
  render(<SyncScreen />);
  expect((await screen.findByText(words)).textContent).toBe(words);
  expect(screen.getByRole('link', {name: 'Look'}).getAttribute('href')).toBe(`/app/run/${RUN}`);
});

const photo = (id: string, over: Record<string, unknown> = {}) => makeChange({k: 'photo', id: `01930000-0000-7000-8000-0000000001${id}`, v: {
  visit: VISIT, on: {ticket: TICKET}, sha256: id.repeat(32), size: 3, w: 4, h: 3, caption: `Shot ${id}`, visible: 'client', state: 'stored', taken_at: '2026-11-24T01:00:00.000Z', by: PERSON, removed: null, ...over,
}});

test('a ticket on an open visit of this person shows its photos and takes more', async () => {
  await openTablet(rows.visit({tickets: [TICKET]}), rows.site(), rows.asset(), rows.ticket(), photo('a1'), photo('a2', {removed: 'Blurred'}), photo('a3', {on: {visit: VISIT}}));
  render(<TicketScreen rest={[TICKET]} />);
  expect(screen.getByRole('heading', {name: 'Photos'})).toBeTruthy();
  expect(screen.getAllByText(/^Shot/).map(({textContent}) => textContent)).toEqual(['Shot a1']);
  expect(screen.getByRole('button', {name: 'Take a photo'})).toBeTruthy();
});

test('photos of a signed visit are shown, and no more are taken', async () => {
  await openTablet(rows.visit({tickets: [TICKET], state: 'completed'}), rows.site(), rows.asset(), rows.ticket(), photo('a1'));
  render(<TicketScreen rest={[TICKET]} />);
  expect(screen.getByText('Shot a1')).toBeTruthy();
  expect(screen.queryByRole('button', {name: 'Take a photo'})).toBeNull();
});

test.each([
  ['not on the ticket', {}, null], ['a colleague’s', {tickets: [TICKET], engineers: ['b']}, null], ['signed', {tickets: [TICKET], state: 'completed'}, null], ['mine', {tickets: [TICKET]}, VISIT],
] as const)('the visit that takes a ticket’s photos: %s', (_, over, expected) => {
  const visit = {id: VISIT, state: 'assigned' as const, engineers: [PERSON], tickets: [], ...over};
  expect(visitFor(TICKET, [visit], PERSON, null)?.id ?? null).toBe(expected);
});

test('of several open visits the one that the person comes from takes a ticket’s photos, else the one under way', () => {
  const visits = (['assigned', 'under_way', 'assigned'] as const).map((state, at) => ({id: `v${at}`, state, engineers: [PERSON], tickets: [TICKET]}));
  expect(visitFor(TICKET, visits, PERSON, 'v2')?.id).toBe('v2');
  expect(visitFor(TICKET, visits, PERSON, null)?.id).toBe('v1');
});
