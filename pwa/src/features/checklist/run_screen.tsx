import {useSignal} from '@preact/signals';
import {useEffect, useMemo, useRef} from 'preact/hooks';
import {SplitScreen} from '../../app/frame.tsx';
import {back} from '../../app/router.ts';
import type {ScreenProps} from '../../app/routes.ts';
import type {Run, Site, Visit} from '../../app/rows.ts';
import {opened} from '../../app/tablet.ts';
import {useView} from '../../app/view.ts';
import {label, type Section} from '../../checklists/index.ts';
import {language, t, tn} from '../../i18n/i18n.ts';
import {Banner, Button, EmptyState, ListRow} from '../../ui/kit.ts';
import {assetName} from '../ticket/shared.ts';
import {contentVerdict} from '../visit/rules.ts';
import {Answering} from './answering.ts';
import './checklist.css';
import {ItemCard, signatureOf} from './item_card.tsx';
import {factsOf} from './item_facts.ts';
import {nextOpen, openItems, progressOf, readRun, type ReadRun} from './read_run.ts';
import {type RunDrafts, useRunDrafts} from './run_drafts.ts';

const FIRST_DRAWN = 30;
const DRAWN_A_FRAME = 60;

/** A checklist being filled. `/app/run/<id>[/<item>]` */
export default function RunScreen({rest: [id = '', item]}: ScreenProps) {
  const view = useView();
  const run = view.get<Run>('run', id);
  const read = run === null ? null : readRun(view, run);
  const drafts = useRunDrafts(id);
  if (read === null) {
    const why = run === null ? t('checklist.gone') : t('checklist.unreadable');
    return <SplitScreen title={why} onBack={() => back()} showing="work" list={null} work={<EmptyState icon="clipboard-list" title={why}>{t('checklist.gone.detail')}</EmptyState>} />;
  }
  if (drafts === null) return null;
  return <RunPage key={id} read={read} drafts={drafts} start={item ?? null} />;
}

function RunPage({read, drafts, start}: {read: ReadRun; drafts: RunDrafts; start: string | null}) {
  const view = useView();
  const {run, definition, found, asset} = read;
  const answering = useMemo(() => new Answering(run.id), [run.id]);
  const drawn = useDrawn(definition.items.length);
  const visit = view.get<Visit>('visit', run.visit);
  const site = view.get<Site>('site', visit?.site ?? '');
  const signed = visit !== null && contentVerdict(visit.state) === 'signed';
  const open = !signed && run.dropped === null;
  const facts = factsOf(view, read, opened().owner.person, site?.rules ?? []);
  const place = {visit: run.visit, run: run.id, site: visit?.site ?? '', asset: run.asset};
  const asked = new Set(found.asked);
  const show = (item: string) => { drawn.all(); requestAnimationFrame(() => bring(item)); };
  useEffect(() => { if (start !== null) show(start); }, [start]);
  const shown = definition.items.filter(({id}) => asked.has(id)).slice(0, drawn.count);
  const visible = new Set(shown.map(({id}) => id));
  const work = (
    <>
      <Head read={read} name={asset === null ? visit?.site_name ?? null : assetName(asset)} />
      {signed && <Banner tone="info" title={t('checklist.signed')} />}
      {run.dropped !== null && <Banner tone="warn" title={t('checklist.dropped')}>{run.dropped}</Banner>}
      {definition.note !== null && <p class="soft prose">{label(definition.note, language.value)}</p>}
      {definition.sections.filter(({items}) => items.some(({id}) => visible.has(id))).map((section) => (
        <section key={section.id} class="stack" id={`section-${section.id}`} aria-label={label(section.title, language.value)}>
          <h2 class="section-name">{label(section.title, language.value)}</h2>
          {section.note !== null && <p class="soft prose">{label(section.note, language.value)}</p>}
          {section.items.filter(({id}) => visible.has(id)).map((item) => {
            const now = facts(item);
            return <ItemCard key={item.id} item={item} facts={now} place={place} answering={answering} drafts={drafts} open={open} signature={signatureOf(now, open)} />;
          })}
        </section>
      ))}
    </>
  );
  return (
    <SplitScreen title={label(definition.title, language.value)} onBack={() => back('visit', run.visit)} showing="work" list={<Sections read={read} onPick={show} />} work={work}
      tools={open && answering.steps.value > 0 && <Button kind="quiet" icon="undo-2" label={t('checklist.undo')} onClick={() => { void answering.undo(); }} />}
      bottom={<Bottom read={read} answering={answering} show={show} />} />
  );
}

/** Draw the first items at once and the others while the person reads, so that a long checklist opens like a short one. */
function useDrawn(of: number): {count: number; all: () => void} {
  const count = useSignal(Math.min(of, FIRST_DRAWN));
  const frame = useRef(0);
  useEffect(() => {
    if (count.value >= of) return undefined;
    frame.current = requestAnimationFrame(() => { count.value = Math.min(of, count.peek() + DRAWN_A_FRAME); });
    return () => cancelAnimationFrame(frame.current);
  }, [count.value]);
  return {count: count.value, all: () => { count.value = of; }};
}

/** Scroll to an item and put the keyboard there. */
function bring(item: string): void {
  const card = document.getElementById(`item-${item}`);
  card?.scrollIntoView({block: 'center'});
  card?.querySelector<HTMLElement>('input:not([type=file]), textarea, button')?.focus({preventScroll: true});
}

function Head({read, name}: {read: ReadRun; name: string | null}) {
  const {done, of} = progressOf(read);
  const findings = read.found.findings.length;
  return (
    <div class="run-head">
      <div class="row row--apart">
        <span class="strong">{name}</span>
        <span class="numbers">{t('checklist.progress', {done, of})}{findings > 0 && ` · ${tn('checklist.findings', findings)}`}</span>
      </div>
      <progress class="progress" value={done} max={Math.max(1, of)} aria-label={t('checklist.progress', {done, of})} />
    </div>
  );
}

/** The sections with how far each is; a tap leads to its first open item. */
function Sections({read, onPick}: {read: ReadRun; onPick: (item: string) => void}) {
  const asked = new Set(read.found.asked);
  const open = openItems(read);
  const shown = read.definition.sections.filter(({items}) => items.some(({id}) => asked.has(id)));
  return <div class="list">{shown.map((section) => <SectionRow key={section.id} read={read} section={section} asked={asked} open={open} onPick={onPick} />)}</div>;
}

function SectionRow({read, section, asked, open, onPick}: {read: ReadRun; section: Section; asked: ReadonlySet<string>; open: ReadonlySet<string>; onPick: (item: string) => void}) {
  const {done, of} = progressOf(read, section.items);
  const first = section.items.find(({id}) => open.has(id)) ?? section.items.find(({id}) => asked.has(id));
  const whole = !section.items.some(({id}) => open.has(id));
  const failed = section.items.some(({id}) => read.found.verdicts[id] === 'fail');
  return (
    <ListRow title={label(section.title, language.value)} icon={failed ? 'circle-x' : whole ? 'circle-check' : 'circle-dashed'} tone={failed ? 'fail' : whole ? 'ok' : 'neutral'}
      detail={<span class="numbers">{t('checklist.progress', {done, of})}</span>} onClick={() => { if (first !== undefined) onPick(first.id); }} />
  );
}

/** One tap to the next item that lacks something; at the end, back to the visit. */
function Bottom({read, answering, show}: {read: ReadRun; answering: Answering; show: (item: string) => void}) {
  const next = nextOpen(read, answering.touched.value);
  const left = openItems(read).size;
  if (next === null) return <Button kind="primary" icon="check-check" onClick={() => back('visit', read.run.visit)}>{t('checklist.done')}</Button>;
  return <Button kind="primary" icon="arrow-down" onClick={() => { answering.touched.value = next; show(next); }}>{tn('checklist.next', left)}</Button>;
}

