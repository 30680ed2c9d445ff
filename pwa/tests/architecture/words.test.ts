import {describe, expect, test} from 'vitest';
import {catalogue, type Catalogue, LANGUAGES} from '../../build/words.ts';
import {type AnyNode, lineOf, nodes, type Source, sources} from './sources.ts';

/** Functions whose first argument is a key, and whether it may be looked up (`t(NAMES[answer])`, where NAMES was made by `key`). */
const CALLS: ReadonlyMap<unknown, boolean> = new Map([['t', true], ['tn', true], ['key', false]]);
const SPOKEN_ATTRIBUTES = new Set(['label', 'title', 'hint', 'detail', 'legend', 'placeholder', 'alt', 'aria-label', 'caption', 'state', 'words']);
const LETTERS = /\p{L}{2,}/u;
/** Names of languages stand in their own language; the product's name is the same in all. */
const NAMES = new Set(['English', 'Bahasa Melayu', '中文', 'Singgah']);

function calls(source: Source): {call: AnyNode; first: AnyNode | undefined; may: boolean}[] {
  return nodes(source).flatMap((node) => {
    if (node.type !== 'CallExpression') return [];
    const callee = node['callee'] as AnyNode;
    const name = callee.type === 'Identifier' ? callee['name'] : callee.type === 'MemberExpression' ? (callee['property'] as AnyNode)['name'] : null;
    const may = CALLS.get(name);
    return may === undefined ? [] : [{call: node, first: (node['arguments'] as AnyNode[])[0], may}];
  });
}

function literals(node: AnyNode | undefined): string[] | null {
  if (node?.type === 'Literal' && typeof node['value'] === 'string') return [node['value']];
  if (node?.type !== 'ConditionalExpression') return null;
  const [yes, no] = [literals(node['consequent'] as AnyNode), literals(node['alternate'] as AnyNode)];
  return yes === null || no === null ? null : [...yes, ...no];
}

/** Every key that a source names, or why it cannot be known. */
function wordFaults(source: Source, words: Catalogue): string[] {
  return calls(source).flatMap(({call, first, may}) => {
    const keys = literals(first);
    if (keys !== null) return keys.filter((each) => !(each in words)).map((each) => `${lineOf(source, call)} "${each}" is in no words.json`);
    const looked = first?.type === 'MemberExpression' || first?.type === 'Identifier' || first?.type === 'TSNonNullExpression';
    return may && looked ? [] : [`${lineOf(source, call)} the key must be written out, or marked with key()`];
  });
}

/** Text that would be shown without passing the catalogue, and style attributes, which the page's policy forbids. */
function literalFaults(source: Source): string[] {
  return nodes(source).flatMap((node) => {
    if (node.type === 'JSXText' && LETTERS.test(String(node['value']))) return [`${lineOf(source, node)} text in JSX: ${String(node['value']).trim()}`];
    if (node.type === 'JSXExpressionContainer' && isSpoken(node['expression'])) return [`${lineOf(source, node)} text in JSX`];
    if (node.type !== 'JSXAttribute') return [];
    const name = String((node['name'] as AnyNode)['name']);
    if (name === 'style') return [`${lineOf(source, node)} style attribute`];
    return SPOKEN_ATTRIBUTES.has(name) && isSpoken(node['value']) ? [`${lineOf(source, node)} text in ${name}`] : [];
  });
}

function isSpoken(value: unknown): boolean {
  const node = value as AnyNode | null;
  return node?.type === 'Literal' && typeof node['value'] === 'string' && LETTERS.test(node['value']) && !NAMES.has(node['value']);
}

function catalogueFaults(words: Catalogue): string[] {
  return Object.entries(words).flatMap(([name, word]) => LANGUAGES.flatMap((language) => {
    const said = word[language] as unknown;
    if (said === undefined || said === '') return [`${name} has no ${language}`];
    const forms = typeof said === 'string' ? [said] : Object.values(said as object) as string[];
    const wanted = blanks(word.en);
    return forms.some((form) => [...blanks(form)].some((blank) => !wanted.has(blank))) ? [`${name} in ${language} fills other blanks than in English`] : [];
  }));
}

function blanks(word: unknown): Set<string> {
  return new Set([...JSON.stringify(word).matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
}

const WORDS = catalogue();
/** Where words are shown. The law has functions of the same short names. */
const FILES = sources('src/{app,ui,features,i18n}/**/*.{ts,tsx}');

test('every word that the app says is in the catalogue', () => {
  expect(FILES.flatMap((file) => wordFaults(file, WORDS))).toEqual([]);
  expect(FILES.flatMap(calls).length).toBeGreaterThan(50);
});

test('every word has all three languages and the same blanks', () => {
  expect(catalogueFaults(WORDS)).toEqual([]);
});

test('nothing is said that does not come from the catalogue, and nothing is styled in place', () => {
  expect(FILES.filter(({path}) => path.endsWith('.tsx')).flatMap(literalFaults)).toEqual([]);
});

describe('the guard itself sees', () => {
  const planted = (text: string): Source => ({path: 'src/planted.tsx', text});

  test.each([
    ["t('nobody.wrote.this')", 1], ["tn('ui.back', 2)", 0], ["t(open ? 'ui.back' : 'nobody.wrote.this')", 1], ['t(`ui.${what}`)', 1], ["key(what)", 1],
    ["words.t('nobody.wrote.this')", 1], ['t(NAMES[answer])', 0],
    ['count.toString()', 0], ["thing.constructor('x')", 0],
  ])('%s', (text, faults) => {
    expect(wordFaults(planted(text), WORDS)).toHaveLength(faults);
  });

  test.each([
    ['<p>Saved on this tablet</p>', 1], ['<p>{t("ui.back")} · {n}</p>', 0], ['<Button label="Close" />', 1], ['<Button label={"Close"} />', 1], ['<b>{"Close"}</b>', 1],
    ['<p style={{color: "red"}} />', 1], ['<Icon name="lock" />', 0],
  ])('%s', (text, faults) => {
    expect(literalFaults(planted(text))).toHaveLength(faults);
  });

  test('a missing language and a blank that English does not fill', () => {
    expect(catalogueFaults({a: {en: 'Hi {name}', ms: '', zh: '你好 {nama}'}})).toHaveLength(2);
  });
});
