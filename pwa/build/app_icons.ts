import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Plugin} from 'vite';

const FOLDER = join(import.meta.dirname, '../../backend/core/static/icons');

const ICONS = [
  {file: 'icon-192.png', sizes: '192x192', purpose: 'any'},
  {file: 'icon-512.png', sizes: '512x512', purpose: 'any'},
  {file: 'maskable-512.png', sizes: '512x512', purpose: 'maskable'},
] as const;

const MANIFEST = {
  id: '/app/',
  start_url: '/app/',
  scope: '/app/',
  name: 'Singgah',
  short_name: 'Singgah',
  description: 'The day’s visits, checklists and sign-offs, with or without a network.',
  display: 'standalone',
  orientation: 'any',
  background_color: '#f3f6f6',
  theme_color: '#0b5357',
  icons: ICONS.map(({file, sizes, purpose}) => ({src: `icons/${file}`, sizes, purpose, type: 'image/png'})),
};

/** The manifest and the icons it names, under /app/ so that they are there offline. */
export function appIcons(): Plugin {
  return {
    name: 'singgah-app-icons',
    apply: 'build',
    generateBundle() {
      this.emitFile({type: 'asset', fileName: 'manifest.webmanifest', source: JSON.stringify(MANIFEST, null, 2)});
      for (const file of [...ICONS.map((icon) => icon.file), 'apple-touch-icon.png', 'mark.svg']) {
        this.emitFile({type: 'asset', fileName: `icons/${file}`, source: readFileSync(join(FOLDER, file))});
      }
    },
  };
}
