import {type Signal, useSignal} from '@preact/signals';
import {useEffect, useRef} from 'preact/hooks';
import {nudge} from '../../app/exchange.ts';
import {Screen} from '../../app/frame.tsx';
import {installer} from '../../app/install.ts';
import {persistStorage} from '../../app/machine.ts';
import {noteReadiness, type Readiness, reportState} from '../../app/reporting.ts';
import {back, href} from '../../app/router.ts';
import {syncStatus, tablet} from '../../app/tablet.ts';
import {startNewVersion} from '../../app/update.ts';
import {useView, viewNow} from '../../app/view.ts';
import {key, t, tn} from '../../i18n/i18n.ts';
import {Banner, Button, Card, Icon} from '../../ui/kit.ts';
import {gather} from './gather.ts';
import './readiness.css';
import {check, type Check, type Facts, LEASE_DAYS, type Line, type Remedy, verdict} from './rules.ts';

/** May the engineer drive off? One sentence, and the one thing that mends each line that is not good. `/app/readiness` */
export default function ReadinessScreen() {
  const view = useView();
  const lastContact = syncStatus.value?.lastContact;
  const {facts, look} = useFacts();
  useEffect(look, [view, lastContact]);
  const found = facts.value;
  return (
    <Screen title={t('readiness.title')} onBack={() => back()} bottom={<Button kind="primary" icon="refresh-cw" onClick={() => { nudge('poked'); look(); }}>{t('readiness.again')}</Button>}>
      {found === null ? <p role="status">{t('readiness.looking')}</p> : <Found facts={found} />}
    </Screen>
  );
}

/** One look at a time, and once more when something changed meanwhile: an older one must not be shown last. */
function useFacts(): {facts: Signal<Facts | null>; look: () => void} {
  const facts = useSignal<Facts | null>(null);
  const state = useRef({looking: false, again: false, told: ''}).current;
  const looks = async () => {
    do {
      state.again = false;
      facts.value = await gather(viewNow());
      const now = summary(facts.value);
      noteReadiness(now);
      // The office is told what changed, not each look: it takes no more than some reports an hour.
      if (JSON.stringify(now) !== state.told) await reportState();
      state.told = JSON.stringify(now);
    } while (state.again);
  };
  const look = () => {
    state.again = true;
    if (state.looking) return;
    state.looking = true;
    // Locked in the middle of it: there is nobody to tell.
    looks().catch((fault: unknown) => { if (tablet.value !== null) console.error(fault); }).finally(() => { state.looking = false; });
  };
  return {facts, look};
}

function summary(facts: Facts): Readiness {
  const checks = check(facts);
  return {readiness: verdict(checks), lacking: checks.filter(({grade}) => grade !== 'ok').map(({line}) => line)};
}

const TONES = {ready: 'ok', doubtful: 'warn', not_ready: 'fail'} as const;
const VERDICTS = {ready: key('readiness.ready'), doubtful: key('readiness.doubtful'), not_ready: key('readiness.not_ready')} as const;
const ICONS = {ok: 'circle-check', warn: 'triangle-alert', fail: 'circle-x'} as const;

function Found({facts}: {facts: Facts}) {
  const checks = check(facts);
  const says = verdict(checks);
  const wrong = checks.filter(({grade}) => grade !== 'ok');
  return (
    <>
      <Banner tone={TONES[says]} title={t(VERDICTS[says])}>{says === 'ready' ? tn('readiness.visits', facts.visits) : tn('readiness.lines', wrong.length)}</Banner>
      <Card>
        {/* Longer than the screen and without a control in it: the keyboard must reach it to scroll. */}
        <ul class="readiness" tabIndex={0} aria-label={t('readiness.title')}>
          {[...wrong, ...checks.filter(({grade}) => grade === 'ok')].map((each) => <LineRow key={each.line} check={each} />)}
        </ul>
      </Card>
    </>
  );
}

function LineRow({check: {line, grade, remedy}}: {check: Check}) {
  const {good, bad, mend} = WORDS[line];
  const says = grade === 'ok' ? good : bad;
  return (
    <li class={`readiness__line readiness__line--${grade}`}>
      <Icon name={ICONS[grade]} />
      <div><strong>{t(says)}</strong>{grade !== 'ok' && <p class="soft">{t(mend, {days: LEASE_DAYS})}</p>}</div>
      <Mend remedy={remedy} />
    </li>
  );
}

function Mend({remedy}: {remedy: Remedy}) {
  const install = remedy === 'install' ? installer() : null;
  if (install !== null) return <Button icon="download" onClick={() => { void install(); }}>{t('readiness.do.install')}</Button>;
  switch (remedy) {
    case 'sync': case 'send': return <Button icon="refresh-cw" onClick={() => nudge('poked')}>{t('readiness.do.sync')}</Button>;
    case 'persist': return <Button icon="hard-drive" onClick={() => { void persistStorage(); }}>{t('readiness.do.persist')}</Button>;
    case 'restart': return <Button icon="rotate-ccw" onClick={() => location.reload()}>{t('readiness.do.restart')}</Button>;
    case 'update': return <Button icon="download" onClick={() => { void startNewVersion(); }}>{t('readiness.do.update')}</Button>;
    case 'rescue': return <Button icon="download" href={href('rescue')}>{t('readiness.do.rescue')}</Button>;
    case 'sign_in': return <Button icon="log-in" href={href('sign_in')}>{t('readiness.do.signIn')}</Button>;
    default: return null;
  }
}

const WORDS: Record<Line, {readonly good: ReturnType<typeof key>; readonly bad: ReturnType<typeof key>; readonly mend: ReturnType<typeof key>}> = {
  visits: {good: key('readiness.visits.ok'), bad: key('readiness.visits.bad'), mend: key('readiness.mend.sync')},
  checklists: {good: key('readiness.checklists.ok'), bad: key('readiness.checklists.bad'), mend: key('readiness.mend.sync')},
  photos: {good: key('readiness.photos.ok'), bad: key('readiness.photos.bad'), mend: key('readiness.mend.photos')},
  sums: {good: key('readiness.sums.ok'), bad: key('readiness.sums.bad'), mend: key('readiness.mend.sync')},
  installed: {good: key('readiness.installed.ok'), bad: key('readiness.installed.bad'), mend: key('readiness.mend.install')},
  persisted: {good: key('readiness.persisted.ok'), bad: key('readiness.persisted.bad'), mend: key('readiness.mend.persist')},
  room: {good: key('readiness.room.ok'), bad: key('readiness.room.bad'), mend: key('readiness.mend.room')},
  controlled: {good: key('readiness.controlled.ok'), bad: key('readiness.controlled.bad'), mend: key('readiness.mend.restart')},
  version: {good: key('readiness.version.ok'), bad: key('readiness.version.bad'), mend: key('readiness.mend.update')},
  clock: {good: key('readiness.clock.ok'), bad: key('readiness.clock.bad'), mend: key('readiness.mend.clock')},
  storage: {good: key('readiness.storage.ok'), bad: key('readiness.storage.bad'), mend: key('readiness.mend.storage')},
  unsent: {good: key('readiness.unsent.ok'), bad: key('readiness.unsent.bad'), mend: key('readiness.mend.unsent')},
  signed_in: {good: key('readiness.signedIn.ok'), bad: key('readiness.signedIn.bad'), mend: key('readiness.mend.signIn')},
  contact: {good: key('readiness.contact.ok'), bad: key('readiness.contact.bad'), mend: key('readiness.mend.contact')},
  battery: {good: key('readiness.battery.ok'), bad: key('readiness.battery.bad'), mend: key('readiness.mend.battery')},
};
