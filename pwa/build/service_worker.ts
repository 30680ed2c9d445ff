import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {FORM} from '../src/store/form.ts';
import {type Plugin, type Rolldown, transformWithOxc} from 'vite';

const SOURCE = join(import.meta.dirname, '../src/sw/sw.ts');

/** Writes sw.js last, with the list of all files of this build and a version made from their bytes. */
export function serviceWorker(): Plugin {
  return {
    name: 'singgah-service-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const {files, version} = contentsOf(bundle);
        const {code} = await transformWithOxc(readFileSync(SOURCE, 'utf8'), SOURCE);
        const source = code
          .replace('export {};', '')
          .replace('__FILES__', JSON.stringify(files))
          .replace('__VERSION__', JSON.stringify(version))
          .replace('__FORM__', JSON.stringify(FORM));
        this.emitFile({type: 'asset', fileName: 'sw.js', source});
      },
    },
  };
}

function contentsOf(bundle: Rolldown.OutputBundle): {files: string[]; version: string} {
  const digest = createHash('sha256');
  const files = Object.keys(bundle).filter((file) => !file.startsWith('.vite/') && file !== 'index.html').sort();
  for (const file of [...files, 'index.html']) {
    const part = bundle[file];
    if (part === undefined) throw new Error(`the build has no ${file}`);
    digest.update(file).update(part.type === 'chunk' ? part.code : part.source);
  }
  return {files, version: digest.digest('hex').slice(0, 16)};
}
