import {globSync, readFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {type Node, parseSync} from 'oxc-parser';

export const PWA = join(import.meta.dirname, '../..');

export interface Source {
  /** From pwa/, for example "src/ui/kit.ts". */
  readonly path: string;
  readonly text: string;
}

export function sources(pattern = 'src/**/*.{ts,tsx}'): Source[] {
  return globSync(pattern, {cwd: PWA}).filter((path) => !path.endsWith('.d.ts')).sort().map((path) => ({path, text: readFileSync(join(PWA, path), 'utf8')}));
}

export type AnyNode = Node & Readonly<Record<string, unknown>>;

/** Every node of a file, each after its parent. */
export function nodes({path, text}: Source): AnyNode[] {
  const {program, errors} = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const found: AnyNode[] = [];
  walk(program, found);
  return found;
}

function walk(value: unknown, found: AnyNode[]): void {
  if (Array.isArray(value)) value.forEach((each) => walk(each, found));
  else if (value instanceof Object) {
    if ('type' in value && typeof value.type === 'string') found.push(value as AnyNode);
    Object.values(value).forEach((each) => walk(each, found));
  }
}

export function lineOf({path, text}: Source, node: AnyNode): string {
  return `${path}:${text.slice(0, node.start).split('\n').length}`;
}

/** What a file imports, by name as written and, for our own files, as a path from pwa/. */
export function imports(source: Source): string[] {
  return nodes(source).flatMap((node) => {
    const from = node.type === 'ImportDeclaration' || node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration' || node.type === 'ImportExpression' ? node['source'] as AnyNode | null : null;
    const name = from?.['value'];
    if (typeof name !== 'string') return [];
    return [name.startsWith('.') ? relative(PWA, join(PWA, dirname(source.path), name)) : name];
  });
}
