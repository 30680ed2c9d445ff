import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import type {Plugin} from 'vite';

type Shape = [tag: string, attributes: Record<string, string>];

const NAME = 'virtual:icons';
const LIST = join(import.meta.dirname, '../src/ui/icons.json');
const nodes = createRequire(import.meta.url).resolve('lucide-static/icon-nodes.json');

/** The icons of src/ui/icons.json, which the tablet and the console share: name → shapes. An unknown name stops the build. */
export function chosenIcons(): Record<string, Shape[]> {
  const all = JSON.parse(readFileSync(nodes, 'utf8')) as Record<string, Shape[]>;
  const chosen = JSON.parse(readFileSync(LIST, 'utf8')) as string[];
  return Object.fromEntries(chosen.map((name) => [name, all[name] ?? missing(name)]));
}

function missing(name: string): never {
  throw new Error(`lucide-static has no icon "${name}"`);
}

/** One SVG file with a <symbol> per icon, for pages that are not made by Preact. */
export function sprite(): string {
  const symbols = Object.entries(chosenIcons()).map(
    ([name, shapes]) => `<symbol id="${name}" viewBox="0 0 24 24">${shapes.map(markup).join('')}</symbol>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" stroke-width="2" `
    + `stroke-linecap="round" stroke-linejoin="round">${symbols.join('')}</svg>\n`;
}

function markup([tag, attributes]: Shape): string {
  return `<${tag} ${Object.entries(attributes).map(([name, value]) => `${name}="${value}"`).join(' ')}/>`;
}

/** `import {sprite} from 'virtual:icons'`: the address of that file among the app's own. Data, so it is no script to parse. */
export function icons(): Plugin {
  let building = false;
  return {
    name: 'singgah-icons',
    configResolved: (config) => { building = config.command === 'build'; },
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load(id) {
      if (id !== `\0${NAME}`) return undefined;
      if (!building) return "export const sprite = '/icons.svg'";
      return `export const sprite = import.meta.ROLLUP_FILE_URL_${this.emitFile({type: 'asset', name: 'icons.svg', source: sprite()})}`;
    },
  };
}
