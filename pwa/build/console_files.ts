import {copyFileSync, mkdirSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {basename, dirname, join} from 'node:path';
import type {Plugin} from 'vite';
import {fontFaces, webFonts} from './fonts.ts';
import {sprite} from './icons.ts';

const BUILT = join(import.meta.dirname, '../../backend/core/static/built');
const htmx = join(dirname(createRequire(import.meta.url).resolve('htmx.org')), 'htmx.min.js');

/** What the server's own pages need from npm packages, under /static/built/: htmx.min.js, icons.svg, fonts.css and its files. */
export function consoleFiles(): Plugin {
  return {
    name: 'singgah-console-files',
    apply: 'build',
    closeBundle() {
      mkdirSync(BUILT, {recursive: true});
      copyFileSync(htmx, join(BUILT, 'htmx.min.js'));
      webFonts().forEach(({file}) => copyFileSync(file, join(BUILT, basename(file))));
      writeFileSync(join(BUILT, 'fonts.css'), `${fontFaces((file) => basename(file))}\n`);
      writeFileSync(join(BUILT, 'icons.svg'), sprite());
    },
  };
}
