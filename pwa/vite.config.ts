import {defineConfig} from 'vite';
import {appIcons} from './build/app_icons.ts';
import {consoleFiles} from './build/console_files.ts';
import {fonts} from './build/fonts.ts';
import {icons} from './build/icons.ts';
import {serviceWorker} from './build/service_worker.ts';
import {words} from './build/words.ts';

export default defineConfig({
  base: '/app/',
  publicDir: false,
  // Stated here and not only in tsconfig: files outside its include would import react.
  oxc: {jsx: {runtime: 'automatic', importSource: 'preact'}},
  build: {
    target: ['chrome120', 'safari17'],
    manifest: true,
    modulePreload: {polyfill: false},
    assetsInlineLimit: 0,
    sourcemap: false,
    rolldownOptions: {output: {codeSplitting: {groups: [
      // Many small chunks compress badly: what every screen needs is one, what several screens of a visit share another.
      {name: 'core', test: /node_modules.*(preact|signals)|pwa\/src\/((ui|i18n|sync|net)\/|store\/(?!rehearsal|rescue|word)|app\/(?!exchanging|main|readmission|bringing_in|rescue|wiping|app\.tsx|auto_lock|locking|install|routes))/, priority: 2},
      {name: 'work', test: /pwa\/src\/features\/(?!account|signoff|checklist|conflicts)/, minShareCount: 2, priority: 1, includeDependenciesRecursively: false},
    ]}}},
  },
  worker: {format: 'es'},
  plugins: [words(), icons(), fonts(), appIcons(), serviceWorker(), consoleFiles()],
});
