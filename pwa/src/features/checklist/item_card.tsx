import {useSignal} from '@preact/signals';
import {Component} from 'preact';
import {href} from '../../app/router.ts';
import {type Item, label} from '../../checklists/index.ts';
import {language, t} from '../../i18n/i18n.ts';
import {Button, Chip, Icon, showToast} from '../../ui/kit.ts';
import {PhotoStrip} from '../photos/shared.ts';
import type {Answering} from './answering.ts';
import {AnswerField} from './answer_field.tsx';
import {FollowUp} from './follow_up.tsx';
import type {ItemFacts} from './item_facts.ts';
import {Remark} from './remark.tsx';
import type {RunDrafts} from './run_drafts.ts';
import {Waiver} from './waiver.tsx';
import {MISSING_WORDS} from './wording.ts';

/** Where an item stands: what its acts name. */
export interface Place {
  readonly visit: string;
  readonly run: string;
  readonly site: string;
  readonly asset: string | null;
}

export interface ItemProps {
  item: Item;
  facts: ItemFacts;
  place: Place;
  answering: Answering;
  drafts: RunDrafts;
  /** False once the visit is signed. */
  open: boolean;
}

/** One item; drawn again only when what it shows has changed, so that 500 of them stay quick under the finger. */
export class ItemCard extends Component<ItemProps & {signature: string}> {
  override shouldComponentUpdate(next: ItemProps & {signature: string}): boolean {
    return next.signature !== this.props.signature;
  }

  override render({signature: _, ...props}: ItemProps & {signature: string}) {
    return <ItemBody {...props} />;
  }
}

/** As text: equal signatures draw equal cards. */
export function signatureOf(facts: ItemFacts, open: boolean): string {
  return JSON.stringify([language.value, open, facts]);
}

function ItemBody(props: ItemProps) {
  const {item, facts, open} = props;
  const name = label(item.label, language.value);
  const shade = facts.missing.length > 0 ? 'missing' : facts.verdict ?? 'na';
  return (
    <article id={`item-${item.id}`} class={`item item--${shade}`} aria-label={name} tabIndex={-1}>
      <div class="item__head">
        <h3 class="item__name">{name}{item.severity === 'critical' && <> <Chip tone="fail">{t('checklist.critical')}</Chip></>}</h3>
        <Standing facts={facts} />
      </div>
      <Guidance item={item} />
      <div class="item__answer"><AnswerField {...props} name={name} /></div>
      {facts.disputed && <a class="item__ticket" href={href('conflicts', props.place.visit)}><Icon name="triangle-alert" />{t('checklist.disputed')}</a>}
      {facts.author !== null && <p class="soft item__author"><Icon name="user" />{facts.author}</p>}
      <Extras {...props} />
      {open && facts.verdict === 'fail' && <FollowUp {...props} name={name} />}
      {facts.tickets.map(({id, number}) => <a key={id} class="item__ticket" href={href('ticket', id)}><Icon name="ticket" />{t('checklist.followUp.raised', {number})}</a>)}
    </article>
  );
}

/** What is still due, in words. */
function Standing({facts}: {facts: ItemFacts}) {
  const words = facts.missing.filter((what) => what !== 'answer').map((what) => MISSING_WORDS[what]).filter((each) => each !== undefined);
  return (
    <span class="row">
      {words.map((each) => <Chip key={each} tone="warn">{t(each)}</Chip>)}
      {facts.missing.includes('answer') && <span class="soft"><Icon name="circle-dashed" label={t('checklist.missing.answer')} /></span>}
    </span>
  );
}

function Guidance({item}: {item: Item}) {
  return (
    <>
      {item.hint !== null && <p class="soft">{label(item.hint, language.value)}</p>}
      {item.look !== null && <p class="item__look"><Icon name="eye" />{label(item.look, language.value)}</p>}
      {item.command !== null && <Command text={item.command} />}
    </>
  );
}

/** To be typed or pasted into the machine at hand. */
function Command({text}: {text: string}) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      showToast(t('checklist.copied'));
    } catch {
      showToast(t('checklist.copyRefused'));
    }
  };
  return (
    <div class="command">
      <code class="command__text">{text}</code>
      <Button kind="quiet" icon="copy" label={t('checklist.copy')} onClick={() => { void copy(); }} />
    </div>
  );
}

/** Remark and photos: asked for when they are due, one tap away otherwise. */
function Extras(props: ItemProps) {
  const {item, facts, place, open} = props;
  const asked = useSignal<{remark: boolean; photo: boolean}>({remark: false, photo: false});
  if (item.type === 'instruction') return null;
  const owed = (what: 'remark' | 'photo') => facts.missing.includes(what);
  const requires = (what: 'remark' | 'photo') => facts.verdict === 'fail' && item.onFail?.require.includes(what) === true;
  const remark = asked.value.remark || facts.remark !== '' || owed('remark') || requires('remark');
  const photo = asked.value.photo || facts.photos.length > 0 || owed('photo') || requires('photo') || item.type === 'photo';
  const forbidden = facts.forbidden !== null && facts.photos.length === 0;
  return (
    <>
      {remark && <Remark {...props} />}
      {photo && !forbidden && facts.waiver === null && (
        <PhotoStrip visit={place.visit} on={{run: place.run, item: item.id}} photos={facts.photos} open={open} {...(item.type === 'photo' ? {most: item.photoMax} : {})} />
      )}
      {photo && (forbidden || facts.waiver !== null) && <Waiver {...props} />}
      {open && facts.answer !== null && (!remark || !photo) && (
        <div class="row item__more">
          {!remark && <Button kind="quiet" icon="message-square" onClick={() => { asked.value = {...asked.value, remark: true}; }}>{t('checklist.remark')}</Button>}
          {!photo && facts.forbidden === null && <Button kind="quiet" icon="camera" onClick={() => { asked.value = {...asked.value, photo: true}; }}>{t('checklist.photo')}</Button>}
        </div>
      )}
    </>
  );
}
