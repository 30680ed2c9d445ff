// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import {fireEvent, render, screen, waitFor, within} from '@testing-library/preact';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {ItemCard} from '../../src/features/checklist/item_card.tsx';
import RunScreen from '../../src/features/checklist/run_screen.tsx';
import {RUN, SITE, type TestMachine, VISIT} from '../store/makers.ts';
import {ASSET, CHECKLIST, closeTablet, COLLEAGUE, deeds, openTablet, restart, rows} from './open_tablet.ts';

let machine: TestMachine;

async function show(): Promise<void> {
  render(<RunScreen rest={[RUN]} />);
  await screen.findByRole('article', {name: 'Fans turn'});
}

const card = (name: string) => within(screen.getByRole('article', {name}));

beforeEach(async () => { machine = await openTablet(rows.visit(), rows.run(), rows.checklist(), rows.site(), rows.asset(), rows.colleague()); });
afterEach(closeTablet);

test('a tap is one act on the disk, and is there after the battery was pulled', async () => {
  await show();
  fireEvent.click(card('Fans turn').getByRole('radio', {name: 'Pass'}));
  await waitFor(() => expect(deeds()).toEqual([{type: 'answer.set', entity: ['run', RUN], args: {item: 'fans', value: 'pass'}}]));

  await restart(machine);
  await show();
  expect((card('Fans turn').getByRole('radio', {name: 'Pass'}) as HTMLInputElement).checked).toBe(true);
});

test('an item appears with the answer that asks for it, and leaves with it; Undo takes the last answer back', async () => {
  await show();
  expect(screen.queryByRole('article', {name: 'Is it loud'})).toBeNull();
  fireEvent.click(card('Fans turn').getByRole('radio', {name: 'Fail'}));
  await screen.findByRole('article', {name: 'Is it loud'});

  fireEvent.click(await screen.findByRole('button', {name: 'Take back the last answer'}));
  await waitFor(() => expect(screen.queryByRole('article', {name: 'Is it loud'})).toBeNull());
  expect(deeds().map(({args}) => args['value'])).toEqual(['fail', null]);
});

describe('a number', () => {
  const type = (text: string) => {
    const field = card('Heat').getByLabelText('Heat');
    fireEvent.input(field, {target: {value: text}});
    fireEvent.blur(field);
  };

  test('may be written with a comma', async () => {
    await show();
    type('36,50');
    await waitFor(() => expect(deeds()).toMatchObject([{args: {item: 'heat', value: '36.5'}}]));
  });

  test('that does not fit is told beside the field, kept while typing, and is no answer', async () => {
    await show();
    type('36.55');
    await card('Heat').findByText('Too many digits after the point');
    expect((card('Heat').getByLabelText('Heat') as HTMLInputElement).value).toBe('36.55');
    expect(deeds()).toEqual([]);
  });
});

test('a failed item asks for a remark, says what to do, and makes a follow-up with its final number in two taps', async () => {
  await show();
  expect(card('Fans turn').queryByLabelText('Remark')).toBeNull();
  fireEvent.click(card('Fans turn').getByRole('radio', {name: 'Fail'}));
  await card('Fans turn').findByLabelText('Remark');
  expect(card('Fans turn').getByText('Remark due')).toBeTruthy();
  expect(card('Fans turn').getByText('Order a fan')).toBeTruthy();

  fireEvent.click(card('Fans turn').getByRole('button', {name: 'Make a follow-up ticket'}));
  fireEvent.click(await screen.findByRole('button', {name: 'Make the ticket', hidden: true}));
  await card('Fans turn').findByText('Follow-up T-7K3-1');
  expect(deeds().at(-1)).toMatchObject({type: 'ticket.create', args: {
    number: 'T-7K3-1', site: SITE, asset: ASSET, title: 'Fans turn', impact: 'medium', came_from: {visit: VISIT, run: RUN, item: 'fans'},
  }});
});

test('where photos are forbidden a witness stands in, and the item counts as complete', async () => {
  closeTablet();
  await openTablet(rows.visit(), rows.run({answers: {fans: 'pass'}}), rows.checklist(), rows.site({rules: ['no_photography']}), rows.asset());
  await show();
  const picture = card('The open cabinet');
  expect(picture.queryByRole('button', {name: 'Take a photo'})).toBeNull();
  expect((picture.getByRole('button', {name: 'Not allowed here'}) as HTMLButtonElement).disabled).toBe(true);
  fireEvent.input(picture.getByLabelText('Who says so (name)'), {target: {value: 'Mr Tan'}});
  fireEvent.click(picture.getByRole('button', {name: 'Not allowed here'}));

  await screen.findByRole('button', {name: 'Complete: back to the visit'});
  expect(deeds()).toEqual([{type: 'waive', entity: ['run', RUN], args: {item: 'picture', rule: 'no_photography', witness: 'Mr Tan'}}]);
});

test('a colleague’s answer names the colleague', async () => {
  closeTablet();
  await openTablet(rows.visit(), rows.run({answers: {fans: 'pass'}, authors: {fans: {by: COLLEAGUE, at: '2026-11-24T01:14:00.000Z'}}}), rows.checklist(), rows.site(), rows.asset(), rows.colleague());
  await show();
  expect(card('Fans turn').getByText(/Answered by Nurul/)).toBeTruthy();
});

test('a signed visit takes no more answers', async () => {
  closeTablet();
  await openTablet(rows.visit({state: 'completed'}), rows.run(), rows.checklist(), rows.site(), rows.asset());
  await show();
  expect(card('Fans turn').getByRole('group').hasAttribute('disabled')).toBe(true);
  expect((card('Heat').getByLabelText('Heat') as HTMLInputElement).disabled).toBe(true);
});

test('of 500 items a tap draws only those that changed', async () => {
  closeTablet();
  const items = Array.from({length: 500}, (_, at) => ({...CHECKLIST.sections[0]?.items[0], id: `i${at}`, label: {en: `Item ${at}`}}));
  const sections = Array.from({length: 10}, (_, at) => ({id: `s${at}`, title: {en: `Section ${at}`}, items: items.slice(at * 50, at * 50 + 50)}));
  const long = 'b'.repeat(64);
  await openTablet(rows.visit(), rows.run({checklist: long}), rows.checklist({...CHECKLIST, sections}, long), rows.site(), rows.asset());
  render(<RunScreen rest={[RUN]} />);
  // Not the library's waitFor, which looks again at each of the thousands of changes.
  await vi.waitFor(() => expect(document.getElementById('item-i499')).not.toBeNull(), {timeout: 20_000, interval: 100});
  const drawn = vi.spyOn(ItemCard.prototype, 'render');
  fireEvent.click(document.querySelector('#item-i7 input[value=pass]')!);
  await vi.waitFor(() => expect(drawn).toHaveBeenCalled(), {timeout: 20_000, interval: 100});
  expect(drawn.mock.calls.map(([props]) => (props as unknown as {item: {id: string}}).item.id)).toEqual(['i7']);
  drawn.mockRestore();
});
