import type {Asset} from '../../app/rows.ts';

/** How an asset is called on a screen: its tag, then its name or what it is. */
export function assetName({name, maker, model, type, tag}: Pick<Asset, 'name' | 'maker' | 'model' | 'type' | 'tag'>): string {
  const called = name ?? ([maker, model].filter(Boolean).join(' ') || type || '');
  return [tag, called].filter(Boolean).join(' · ');
}
