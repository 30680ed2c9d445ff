// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import {cleanup, fireEvent, render, screen, waitFor} from '@testing-library/preact';
import {afterEach, describe, expect, test} from 'vitest';
import type {MarkName, Visit} from '../../src/app/rows.ts';
import {daysOf} from '../../src/features/today/days.ts';
import {search} from '../../src/features/today/search.ts';
import TodayScreen from '../../src/features/today/today_screen.tsx';
import UnplannedScreen from '../../src/features/today/unplanned_screen.tsx';
import WalkUpScreen from '../../src/features/today/walk_up_screen.tsx';
import {stepsOf} from '../../src/features/visit/steps.ts';
import VisitScreen from '../../src/features/visit/visit_screen.tsx';
import {opened} from '../../src/app/tablet.ts';
import {viewNow} from '../../src/app/view.ts';
import {makeChange, PERSON, SITE, VISIT} from '../store/makers.ts';
import {closeTablet, deeds, openTablet, restart, rows, TICKET} from './open_tablet.ts';

afterEach(closeTablet);

describe('the big button', () => {
  const after = (...marks: MarkName[]) => stepsOf({state: 'assigned', marks: marks.map((mark, at) => ({id: mark, mark, at: `2026-11-24T0${at}:00:00.000Z`, by: PERSON, confidence: 'tablet'}))}, PERSON);

  test.each([
    [['received', 'seen'], 'travelling'], [['travelling'], 'at_desk'], [['travelling', 'at_desk'], 'working'], [['working'], 'finished'], [['working', 'paused'], 'resumed'], [['working', 'finished'], 'sign'],
  ] as const)('after %j comes %s', (marks, next) => {
    expect(after(...marks).next).toBe(next);
  });

  test('a colleague’s steps do not move mine', () => {
    const marks = [{id: 'a', mark: 'working', at: '2026-11-24T01:00:00.000Z', by: 'somebody', confidence: 'tablet'}] as const;
    expect(stepsOf({state: 'under_way', marks}, PERSON).next).toBe('travelling');
  });

  test('is one act', async () => {
    await openTablet(rows.visit({state: 'assigned'}), rows.site());
    render(<VisitScreen rest={[VISIT]} />);
    fireEvent.click(await screen.findByRole('button', {name: 'On my way'}));
    await screen.findByRole('button', {name: 'Start work'});
    expect(deeds()).toEqual([{type: 'visit.mark', entity: ['visit', VISIT], args: {mark: 'travelling'}}]);
  });
});

test('the tablet itself says once that a visit came and was looked at', async () => {
  const other = '01930000-0000-7000-8000-0000000000a2';
  await openTablet({...rows.visit({state: 'assigned', marks: []}), id: other}, rows.site());
  const {rerender} = render(<VisitScreen rest={[other]} />);
  await waitFor(() => expect(deeds().map(({args}) => args['mark']).sort()).toEqual(['received', 'seen']));
  rerender(<TodayScreen />);
  rerender(<VisitScreen rest={[other]} />);
  await screen.findByRole('button', {name: 'On my way'});
  expect(deeds()).toHaveLength(2);
});

test('what a site forbids is said first', async () => {
  await openTablet(rows.visit(), rows.site({rules: ['no_photography', 'escort']}));
  render(<VisitScreen rest={[VISIT]} />);
  expect((await screen.findByText('No photography')).textContent).toBe('No photography');
  expect(screen.getByText('Only with an escort')).toBeTruthy();
});

describe('an unplanned visit at a typed place', () => {
  const CLIENT = '01930000-0000-7000-8000-0000000000c1';
  const write = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), {target: {value}});
  const choose = (name: string) => fireEvent.click(screen.getByRole('radio', {name}));

  async function type(client: string): Promise<void> {
    await openTablet(rows.site(), makeChange({k: 'client', id: CLIENT, v: {name: 'Kopi Sudut'}}));
    render(<UnplannedScreen />);
    choose('Another place');
    write('Client', client);
    write('Name of the site', 'Level 2');
    write('Telephone', '+60 7 1');
    write('What for', 'No network');
  }

  const begin = () => screen.getByRole('button', {name: 'Begin the visit'}) as HTMLButtonElement;

  test('of a new client makes client, site and visit, in this order', async () => {
    await type('Warung Baru');
    fireEvent.click(begin());
    await waitFor(() => expect(deeds()).toHaveLength(3));
    const [client, site, visit] = deeds();
    expect(client).toMatchObject({type: 'client.create', args: {name: 'Warung Baru'}});
    expect(site).toMatchObject({type: 'site.create', args: {client: client?.entity[1], name: 'Level 2', address: null, phone: '+60 7 1'}});
    expect(visit).toMatchObject({type: 'visit.create', args: {number: 'V-7K3-1', site: site?.entity[1], unplanned: true}});
    expect(viewNow().get<Visit>('visit', visit?.entity[1] ?? '')).toMatchObject({client_name: 'Warung Baru', site_name: 'Level 2', state: 'assigned'});
  });

  test('of a known client makes no second one', async () => {
    await type('sudut');
    choose('Kopi Sudut');
    fireEvent.click(begin());
    await waitFor(() => expect(deeds()).toHaveLength(2));
    expect(deeds()[0]).toMatchObject({type: 'site.create', args: {client: CLIENT}});
  });

  test('that was picked and then typed over is a new client after all', async () => {
    await type('sudut');
    choose('Kopi Sudut');
    write('Client', 'Sudut Dua');
    fireEvent.click(begin());
    await waitFor(() => expect(deeds()).toHaveLength(3));
    expect(deeds()[0]).toMatchObject({type: 'client.create', args: {name: 'Sudut Dua'}});
  });

  test('needs a client and a name of the site', async () => {
    await type('Warung Baru');
    write('Name of the site', ' ');
    await waitFor(() => expect(begin().disabled).toBe(true));
    write('Name of the site', 'Level 2');
    await waitFor(() => expect(begin().disabled).toBe(false));
  });
});

describe('made offline with its final number:', () => {
  test('an unplanned visit', async () => {
    await openTablet(rows.site());
    render(<UnplannedScreen />);
    fireEvent.click(screen.getByRole('radio', {name: /Bishan outlet/}));
    fireEvent.input(screen.getByLabelText('What for'), {target: {value: 'Router replaced'}});
    fireEvent.click(screen.getByRole('button', {name: 'Begin the visit'}));
    await waitFor(() => expect(deeds()).toMatchObject([{type: 'visit.create', args: {number: 'V-7K3-1', site: SITE, kind: 'unplanned', unplanned: true, title: 'Router replaced'}}]));
    expect(viewNow().all<Visit>('visit')[0]).toMatchObject({state: 'assigned', engineers: [PERSON]});
  });

  test('a question at the desk that was solved, as work of the visit under way', async () => {
    await openTablet(rows.visit(), rows.site());
    render(<WalkUpScreen rest={[]} />);
    fireEvent.input(screen.getByLabelText('What was asked'), {target: {value: 'Cannot print'}});
    fireEvent.click(screen.getByRole('radio', {name: 'Yes'}));
    fireEvent.input(screen.getByLabelText('What you did'), {target: {value: 'Chose the right tray'}});
    fireEvent.click(screen.getByRole('button', {name: 'Save'}));
    await waitFor(() => expect(deeds()).toHaveLength(3));
    expect(deeds()).toMatchObject([
      {type: 'ticket.create', args: {number: 'T-7K3-1', channel: 'walk_up', walk_up: true, title: 'Cannot print'}},
      {type: 'visit.add_ticket', entity: ['visit', VISIT]},
      {type: 'ticket.resolve', args: {cause: 'How-to', action: 'Chose the right tray'}},
    ]);
  });
});

test('days: late, today in order, coming, recent newest first', () => {
  const now = new Date(2026, 10, 24, 12).getTime();
  const at = (day: number, hour: number, state: Visit['state'] = 'assigned') => ({state, starts_at: new Date(2026, 10, day, hour).toISOString(), ends_at: new Date(2026, 10, day, hour + 1).toISOString(), id: `${day}/${hour}`});
  const {late, today, coming, recent} = daysOf([at(24, 15), at(24, 9, 'completed'), at(23, 9), at(25, 9), at(20, 9, 'completed'), at(22, 9, 'cancelled'), at(1, 9, 'completed')], now);
  const ids = (visits: readonly {id: string}[]) => visits.map(({id}) => id);
  expect([ids(late), ids(today), ids(coming), ids(recent)]).toEqual([['23/9'], ['24/9', '24/15'], ['25/9'], ['22/9', '20/9']]);
});

test('the search finds all words anywhere, whatever the accents, without a network', async () => {
  await openTablet(rows.visit(), rows.site({name: 'Café Bishan'}), rows.asset(), rows.ticket());
  const found = search(viewNow(), 'cafe dell');
  expect(found.assets.map(({tag}) => tag)).toEqual(['SRV-1']);
  expect(search(viewNow(), 't-9g4-1').tickets.map(({id}) => id)).toEqual([TICKET]);
  expect(search(viewNow(), 'cafe nobody').assets).toEqual([]);
});

test('the forms of a visit share one draft: a note does not stop the running clock', async () => {
  const machine = await openTablet(rows.visit(), rows.site());
  render(<VisitScreen rest={[VISIT]} />);
  fireEvent.click(await screen.findByRole('button', {name: 'Start the clock'}));
  await screen.findByRole('button', {name: /^Stop · running/});
  fireEvent.input(screen.getByLabelText('New note for colleagues'), {target: {value: 'Key at the desk'}});
  cleanup();
  await waitFor(async () => expect(await opened().store.draft(VISIT)).toEqual({clock: expect.any(String) as string, note: 'Key at the desk'}));
  await restart(machine);
  render(<VisitScreen rest={[VISIT]} />);
  expect(await screen.findByRole('button', {name: /^Stop · running/})).toBeTruthy();
  expect((screen.getByLabelText('New note for colleagues') as HTMLTextAreaElement).value).toBe('Key at the desk');
});
