import {ChoosePin} from './choose_pin.tsx';
import {RefusedPage} from './refused.tsx';
import {step} from './account.ts';
import {SignIn} from './sign_in.tsx';
import {Unlock} from './unlock.tsx';
import {Waiting} from './waiting.tsx';

/** Everything before the person's own screens. */
export function Account() {
  const now = step.value;
  switch (now.at) {
    case 'starting': case 'open': return null;
    case 'refused': return <RefusedPage why={now.why} />;
    case 'sign_in': return <SignIn why={now.why} lodgers={now.lodgers} />;
    case 'choose_pin': return <ChoosePin key={now.why} why={now.why} />;
    case 'waiting': return <Waiting {...now} />;
    case 'unlock': return <Unlock key={now.lodger.id} {...now} />;
  }
}
