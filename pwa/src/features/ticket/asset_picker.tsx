import type {Asset} from '../../app/rows.ts';
import {useView} from '../../app/view.ts';
import {t} from '../../i18n/i18n.ts';
import {assetName} from './asset_name.ts';

interface AssetPickerProps {
  site: string;
  value: string | null;
  onChange: (asset: string | null) => void;
  /** Only these types; all when left out. */
  types?: readonly string[] | null;
}

/** One of the assets of a site, by tag and name. */
export function AssetPicker({site, value, onChange, types = null}: AssetPickerProps) {
  const assets = useView().all<Asset>('asset')
    .filter((asset) => asset.site === site && asset.stage !== 'disposed' && (types === null || types.includes(asset.type ?? '')))
    .sort((one, other) => assetName(one).localeCompare(assetName(other)));
  return (
    <label class="picker">
      <span class="field__label">{t('ticket.asset')}</span>
      <span class="field__box">
        <select class="field__input" value={value ?? ''} onChange={({currentTarget}) => onChange(currentTarget.value === '' ? null : currentTarget.value)}>
          <option value="">{t('ticket.asset.none')}</option>
          {assets.map((asset) => <option key={asset.id} value={asset.id}>{assetName(asset)}</option>)}
        </select>
      </span>
    </label>
  );
}
