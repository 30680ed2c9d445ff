import {useEffect} from 'preact/hooks';
import {AutoLock} from './auto_lock.ts';
import {machine} from './machine.ts';
import {place} from './router.ts';
import {lockUp} from './exchange.ts';
import {tablet} from './tablet.ts';

const ASK_MS = 10_000;
const VISIT_SCREENS = new Set(['visit', 'run', 'ticket', 'sign']);

/** Lock when nobody has touched the tablet for too long; also right when it wakes from a long sleep. */
export function useAutoLock(): void {
  useEffect(() => {
    const lock = new AutoLock(machine.now, () => VISIT_SCREENS.has(place.value.screen));
    const touched = () => lock.touched();
    const ask = () => { if (tablet.value !== null && lock.isDue()) lockUp(); else if (tablet.value === null) lock.touched(); };
    const timer = setInterval(ask, ASK_MS);
    for (const name of ['pointerdown', 'keydown'] as const) addEventListener(name, touched, {passive: true, capture: true});
    document.addEventListener('visibilitychange', ask);
    return () => {
      clearInterval(timer);
      for (const name of ['pointerdown', 'keydown'] as const) removeEventListener(name, touched, {capture: true});
      document.removeEventListener('visibilitychange', ask);
    };
  }, []);
}
