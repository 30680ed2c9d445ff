import {storeTrouble} from '../../app/storage_trouble.tsx';
import {t} from '../../i18n/i18n.ts';
import {ChoosePin} from './choose_pin.tsx';
import {Door} from './door.tsx';
import {RefusedPage} from './refused.tsx';
import {step} from './account.ts';
import {SignIn} from './sign_in.tsx';
import {Unlock} from './unlock.tsx';
import {Waiting} from './waiting.tsx';

/** Everything before the person's own screens. */
export function Account() {
  const now = step.value;
  switch (now.at) {
    case 'open': return null;
    case 'starting': return storeTrouble.value === null ? null : <Door title={t('account.store.title')}>{null}</Door>;
    case 'refused': return <RefusedPage why={now.why} />;
    case 'sign_in': return <SignIn why={now.why} lodgers={now.lodgers} />;
    case 'choose_pin': return <ChoosePin key={now.why} why={now.why} />;
    case 'waiting': return <Waiting {...now} />;
    case 'unlock': return <Unlock key={now.lodger.id} {...now} />;
  }
}
