import {act, newId} from '../../app/act.ts';
import type {Note, PersonRow, Visit} from '../../app/rows.ts';
import {type Row, useView} from '../../app/view.ts';
import {dateAndTime} from '../../i18n/format.ts';
import {t} from '../../i18n/i18n.ts';
import {Button, Card, Field} from '../../ui/kit.ts';
import {useDraft} from './drafts.ts';
import {keep} from './keep.ts';

/** What colleagues should know of this visit; the client does not read it. */
export function Notes({visit, open}: {visit: Row<Visit>; open: boolean}) {
  const view = useView();
  const {fields, set, clear} = useDraft(visit.id);
  const text = fields['note'] ?? '';
  const notes = [...view.ofVisit<Note>('note', visit.id)].sort((one, other) => other.at.localeCompare(one.at));
  const save = async () => {
    if (await keep(() => act('note.add', ['note', newId()], {visit: visit.id, text: text.trim()}, {base: view.head}), t('visit.note.kept'))) clear('note');
  };
  return (
    <Card title={t('visit.notes')}>
      {open && <Field label={t('visit.note.new')} rows={2} value={text} onInput={(value) => set('note', value)} maxLength={4000} />}
      {open && text.trim() !== '' && <Button icon="check" onClick={() => { void save(); }}>{t('visit.note.add')}</Button>}
      {notes.map((note) => (
        <div key={note.id} class="entry">
          <p class="entry__head"><span>{view.get<PersonRow>('person', note.by)?.name ?? t('visit.somebody')}</span><span class="numbers">{dateAndTime(Date.parse(note.at))}</span></p>
          <p class="visit__words">{note.text}</p>
        </div>
      ))}
      {!open && notes.length === 0 && <p class="soft">{t('visit.notes.none')}</p>}
    </Card>
  );
}
