// @vitest-environment happy-dom
import axe from 'axe-core';
import {type ComponentChildren, render} from 'preact';
import {useState} from 'preact/hooks';
import {act} from 'preact/test-utils';
import {afterEach, beforeAll, describe, expect, test} from 'vitest';
import {speak} from '../../src/i18n/i18n.ts';
import {
  Banner, Button, Card, Chip, ChoiceList, EmptyState, Facts, Field, Icon, ListRow, NumberField, Page, PhotoGrid, PhotoThumb, PinPad, SegmentedChoice, showToast, SplitPage, Toasts,
} from '../../src/ui/kit.ts';

beforeAll(async () => { await speak('en'); });
afterEach(() => { render(null, document.body); });

async function draw(children: ComponentChildren): Promise<HTMLElement> {
  await act(() => render(children, document.body));
  return document.body;
}

const noop = () => undefined;
const VERDICTS = [{value: 'pass', label: 'Pass', icon: 'check', tone: 'ok'}, {value: 'fail', label: 'Fail', icon: 'x', tone: 'fail'}, {value: 'na', label: 'Does not apply', icon: 'minus', tone: 'neutral'}] as const;

async function type(element: Element | null, value: string): Promise<void> {
  const input = element as HTMLInputElement;
  input.value = value;
  await act(() => { input.dispatchEvent(new Event('input', {bubbles: true})); });
}

async function press(key: string): Promise<void> {
  await act(() => { window.dispatchEvent(new KeyboardEvent('keydown', {key})); });
}

describe('a choice', () => {
  test('says what was chosen, and takes it back when it is tapped again', async () => {
    const heard: (string | null)[] = [];
    const Answer = () => {
      const [value, setValue] = useState<'pass' | 'fail' | 'na' | null>('pass');
      return <SegmentedChoice legend="Fans" options={VERDICTS} value={value} onChange={(chosen) => { heard.push(chosen); setValue(chosen); }} />;
    };
    const body = await draw(<Answer />);
    const [pass, fail] = [...body.querySelectorAll('input')];
    expect(pass?.checked).toBe(true);
    await act(() => fail?.click());
    await act(() => fail?.click());
    expect(heard).toEqual(['fail', null]);
    expect([...body.querySelectorAll('input')].some((input) => input.checked)).toBe(false);
  });
});

describe('a number field', () => {
  test('is kept when the person leaves it or presses enter, with its unit and limits said', async () => {
    const kept: string[] = [];
    const typed: string[] = [];
    const body = await draw(<NumberField label="Battery" unit="V" hint="24 to 28 V" value="" onInput={(value) => typed.push(value)} onCommit={(value) => kept.push(value)} />);
    const input = body.querySelector('input');
    await type(input, '26.4');
    await act(() => { input?.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter'})); });
    expect([typed, kept]).toEqual([['26.4'], ['26.4']]);
    expect(input?.inputMode).toBe('decimal');
    expect(document.getElementById(input?.getAttribute('aria-describedby') ?? '')?.textContent).toBe('24 to 28 V');
  });

  test('says its fault aloud and marks the field', async () => {
    const body = await draw(<NumberField label="Battery" value="x" fault="Write digits" onInput={noop} />);
    expect(body.querySelector('[role=alert]')?.textContent).toBe('Write digits');
    expect(body.querySelector('input')?.getAttribute('aria-invalid')).toBe('true');
  });
});

describe('the PIN pad', () => {
  test('takes digits from the screen and from a keyboard, erases, and ends only with enough', async () => {
    let pin = '';
    const done: string[] = [];
    const show = () => draw(<PinPad label="PIN" pin={pin} onChange={(value) => { pin = value; }} onDone={(value) => done.push(value)} least={6} most={7} />);
    const body = await show();
    await act(() => ([...body.querySelectorAll('button')].find((button) => button.textContent === '7'))?.click());
    for (const key of ['1', '2', '3', 'Backspace', '4', 'a', 'Enter', '5', '6']) { await show(); await press(key); }
    await show();
    expect(pin).toBe('712456');
    expect(done).toEqual([]);
    await press('Enter');
    expect(done).toEqual(['712456']);
    for (const key of ['8', '9']) { await press(key); await show(); }
    expect(pin).toBe('7124568');
  });

  test('shows no digit', async () => {
    const body = await draw(<PinPad label="PIN" pin="204" onChange={noop} onDone={noop} least={6} most={8} />);
    expect(body.querySelector('.pin__dots')?.textContent).toBe('3 digits entered');
    expect(body.querySelectorAll('.pin__dot--filled')).toHaveLength(3);
  });
});

test('a toast offers to undo, and the newest takes the place', async () => {
  const undone: string[] = [];
  const body = await draw(<Toasts />);
  await act(() => showToast('Photo removed', () => undone.push('photo')));
  await act(() => showToast('Part removed', () => undone.push('part')));
  expect(body.querySelectorAll('.toast')).toHaveLength(1);
  await act(() => body.querySelector<HTMLButtonElement>('.toast button')?.click());
  expect(undone).toEqual(['part']);
  expect(body.querySelector('.toast')).toBeNull();
});

test('an icon that is not on the list is a fault', () => {
  expect(() => Icon({name: 'no-such-thing'})).toThrow('no-such-thing');
});

test('a disabled link is a button that does nothing', async () => {
  const body = await draw(<Button href="/app/x" disabled>{'Go'}</Button>);
  expect(body.querySelector('a')).toBeNull();
  expect(body.querySelector('button')?.disabled).toBe(true);
});

describe('axe finds nothing in', () => {
  const STATUS = {words: 'All sent', icon: 'check-check', tone: 'ok', href: '/app/sync'} as const;
  const SHOWN: Record<string, ComponentChildren> = {
    'a page': (
      <Page title="Visit" onBack={noop} status={STATUS} tools={<Button kind="quiet" icon="menu" label="Menu" />} bottom={<Button kind="primary">{'Arrive'}</Button>}>
        <Card title="Kallang depot" end={<Chip tone="warn" icon="clock">{'Late'}</Chip>}><Facts facts={[['Contact', 'Mdm Tan'], ['Phone', '6555 0100']]} /></Card>
        <Banner tone="fail" title="Storage is full" actions={<Button>{'Why'}</Button>}>{'Free some space.'}</Banner>
        <SegmentedChoice legend="Fans" options={VERDICTS} value={null} onChange={noop} />
        <ChoiceList legend="Who" options={VERDICTS} value="fail" onChange={noop} disabled />
        <Field label="Remark" value="" onInput={noop} rows={3} hint="What you saw" />
        <Field label="Name" value="x" onInput={noop} fault="Too long" />
        <NumberField label="Battery" unit="V" value="26" onInput={noop} warn />
        <PhotoGrid><PhotoThumb src={null} caption="Rack" state="To send" /><PhotoThumb src="blob:x" caption="Door" onOpen={noop} /></PhotoGrid>
      </Page>
    ),
    'a list beside work': <SplitPage title="Today" status={STATUS} showing="list" list={<div class="list"><ListRow title="09:00 Kallang" detail="Patch round" href="/app/visit/1" current /><ListRow title="Lock" onClick={noop} icon="lock" /></div>} work={<EmptyState icon="calendar-days" title="Nothing today" />} />,
    'a PIN pad': <main><PinPad label="PIN" pin="12" onChange={noop} onDone={noop} least={6} most={8} /></main>,
  };

  test.each(Object.keys(SHOWN))('%s', async (name) => {
    const body = await draw(SHOWN[name]);
    // Colours are measured in tokens.test.ts; this document has no layout. The page's own head is index.html's.
    const {violations} = await axe.run(body, {rules: {'color-contrast': {enabled: false}, region: {enabled: false}, 'page-has-heading-one': {enabled: false}}});
    expect(violations.map(({id, nodes}) => `${id} ${nodes[0]?.html}`)).toEqual([]);
  });

  test('and it would find a button without a name', async () => {
    const body = await draw(<main><button type="button" /></main>);
    expect((await axe.run(body)).violations.map(({id}) => id)).toContain('button-name');
  });
});
