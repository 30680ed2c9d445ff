import {signal} from '@preact/signals';
import {useEffect} from 'preact/hooks';
import {emptying} from '../../app/tablet.ts';
import {storeTrouble} from '../../app/storage_trouble.tsx';
import {t} from '../../i18n/i18n.ts';
import {Banner} from '../../ui/kit.ts';
import {step, type Step} from './account.ts';
import {Door} from './door.tsx';
import {SignIn} from './sign_in.tsx';
import {Unlock} from './unlock.tsx';

/** Everything before the person's own screens. */
export function Account() {
  const now = step.value;
  if (emptying.value) return <Door title={t('account.emptying')}><Banner tone="info" title={t('account.emptying.detail')} /></Door>;
  switch (now.at) {
    case 'open': return null;
    case 'starting': return storeTrouble.value === null ? null : <Door title={t('account.store.title')}>{null}</Door>;
    case 'sign_in': return <SignIn why={now.why} lodgers={now.lodgers} />;
    case 'unlock': return <Unlock key={now.lodger.id} {...now} />;
    default: return <Rare step={now} />;
  }
}

const pages = signal<typeof import('./enrolling.tsx') | null>(null);

/** A tablet is enrolled once; the pages for it come when they are needed. */
function Rare({step: now}: {step: Extract<Step, {at: 'refused' | 'choose_pin' | 'waiting' | 'rescue'}>}) {
  useEffect(() => { import('./enrolling.tsx').then((module) => { pages.value = module; }).catch((fault: unknown) => { console.error(fault); }); }, []);
  return pages.value === null ? null : <pages.value.Enrolling step={now} />;
}
