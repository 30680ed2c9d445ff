import type {Step} from './account.ts';
import {ChoosePin} from './choose_pin.tsx';
import {RefusedPage} from './refused.tsx';
import {RescueDoor} from './rescue_door.tsx';
import {Waiting} from './waiting.tsx';

/** What a tablet shows while it is being enrolled, or its PIN chosen anew, or when it no longer opens. */
export function Enrolling({step}: {step: Extract<Step, {at: 'refused' | 'choose_pin' | 'waiting' | 'rescue'}>}) {
  switch (step.at) {
    case 'refused': return <RefusedPage why={step.why} />;
    case 'choose_pin': return <ChoosePin key={step.why} why={step.why} />;
    case 'rescue': return <RescueDoor {...step} />;
    case 'waiting': return <Waiting {...step} />;
  }
}
