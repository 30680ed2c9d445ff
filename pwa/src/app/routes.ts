import type {ComponentType} from 'preact';

export interface ScreenProps {
  /** What follows the screen's name in the address, decoded: `/app/visit/0192…` gives ["0192…"]. */
  readonly rest: readonly string[];
}

type ScreenModule = {readonly default: ComponentType<ScreenProps>};

// A screen registers by its file: features/checklist/run_screen.tsx is /app/run/…, loaded when first needed.
const FILES = import.meta.glob<ScreenModule>('../features/*/*_screen.tsx');

const ROUTES = new Map(Object.entries(FILES).map(([file, load]) => [/([a-z_]+)_screen\.tsx$/.exec(file)?.[1] ?? file, load]));

/** The empty address is today. */
export const FIRST = 'today';

/** How to load a screen, or null when there is no such one. */
export function screenNamed(name: string): (() => Promise<ScreenModule>) | null {
  return ROUTES.get(name === '' ? FIRST : name) ?? null;
}
