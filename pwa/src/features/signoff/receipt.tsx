import type {Translator} from '../../i18n/i18n.ts';
import {Card, Icon} from '../../ui/kit.ts';
import {ClientPage} from './client_page.tsx';

/** The client's receipt, before any server has seen the record. */
export function Receipt({words, code, declined, visit}: {words: Translator; code: string; declined: boolean; visit: string}) {
  const {t} = words;
  return (
    <ClientPage words={words} bottom={null} leaveTo={['visit', visit]}>
      <div class="receipt">
        <Icon name="circle-check" />
        <h1>{declined ? t('signoff.receipt.declined') : t('signoff.receipt.title')}</h1>
        <Card title={t('signoff.receipt.code')}><p class="code" data-receipt={code}>{code}</p></Card>
        <p>{t('signoff.receipt.detail')}</p>
        <p class="soft" role="status">{t('signoff.kept')}</p>
      </div>
    </ClientPage>
  );
}
