import type {ComponentChildren} from 'preact';
import {StorageTrouble} from '../../app/storage_trouble.tsx';
import {setLanguage} from '../../app/preferences.ts';
import {key, type Language, LANGUAGES, language, t} from '../../i18n/i18n.ts';
import {Banner, BarePage, Button} from '../../ui/kit.ts';
import {type Trouble, trouble} from './account.ts';

const TROUBLES = {
  offline: key('account.trouble.offline'), wrong_password: key('account.trouble.password'), other_person: key('account.trouble.person'),
  too_often: key('account.trouble.often'), full: key('account.trouble.full'), server: key('account.trouble.server'),
  rescue: key('account.trouble.rescue'),
} as const;

// Each in its own words, so that somebody who reads none of the other two finds it.
const NAMES: Record<Language, string> = {en: 'English', ms: 'Bahasa Melayu', zh: '中文'};

/** The frame of every page before the door: what is wrong, the matter itself, the language. */
export function Door({title, children}: {title: string; children: ComponentChildren}) {
  return (
    <BarePage>
      <div class="row">
        <img class="mark" src="/app/icons/mark.svg" alt="" width="72" height="72" />
        <h1>{title}</h1>
      </div>
      <StorageTrouble />
      <TroubleBanner trouble={trouble.value} />
      {children}
      <div class="row">
        {LANGUAGES.filter((each) => each !== language.value).map((each) => (
          <Button key={each} kind="quiet" icon="languages" onClick={() => { void setLanguage(each); }}>{NAMES[each]}</Button>
        ))}
      </div>
    </BarePage>
  );
}

export function TroubleBanner({trouble: what}: {trouble: Trouble}) {
  return what === null ? null : <Banner tone="fail" title={t(TROUBLES[what])} />;
}
