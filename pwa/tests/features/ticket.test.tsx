// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import {fireEvent, render, screen, waitFor} from '@testing-library/preact';
import {afterEach, expect, test} from 'vitest';
import SyncScreen from '../../src/features/sync/sync_screen.tsx';
import TicketScreen from '../../src/features/ticket/ticket_screen.tsx';
import {act} from '../../src/app/act.ts';
import {opened} from '../../src/app/tablet.ts';
import {RUN, VISIT} from '../store/makers.ts';
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
