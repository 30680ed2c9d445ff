// The console's keys, its narrow menu, and live pages. Loaded once; htmx swaps the body, so listeners sit on the document.
'use strict';

const typing = (target) => target.closest('input, textarea, select, [contenteditable]') !== null;
const rows = () => [...document.querySelectorAll('#main tbody tr[data-href], #main [data-card]')];
let waitingForPlace = false;

function go(selector) {
  const link = document.querySelector(selector);
  if (link) link.click();
  return link !== null;
}

function move(step) {
  const all = rows();
  if (all.length === 0) return;
  const now = all.findIndex((row) => row.classList.contains('at'));
  const next = all[Math.min(Math.max(now + step, 0), all.length - 1)];
  mark(next);
  (next.matches('[data-card]') ? next : next.querySelector('a'))?.focus();
}

function mark(next) {
  rows().forEach((row) => row.classList.toggle('at', row === next));
}

// On a card the keys that its buttons show decide; one that needs words first takes the reader to them.
function decide(key) {
  const target = document.querySelector(`[data-card].at [data-act="${CSS.escape(key)}"]`);
  if (target === null) return false;
  if (target.matches('input')) target.focus();
  else target.click();
  return true;
}

const keys = {
  '/': () => document.getElementById('q')?.focus(),
  '?': () => document.getElementById('keys')?.showModal(),
  n: () => go('[data-new]'),
  e: () => go('[data-edit]'),
  j: () => move(1),
  k: () => move(-1),
  g: () => { waitingForPlace = true; },
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape' && typing(event.target)) event.target.blur();
  if (typing(event.target) || document.querySelector('dialog[open]')) return;
  if (waitingForPlace) {
    waitingForPlace = false;
    if (/^[a-z]$/.test(event.key) && go(`.places a[data-key="${event.key}"]`)) event.preventDefault();
    return;
  }
  if (decide(event.key)) {
    event.preventDefault();
    return;
  }
  const act = keys[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

document.addEventListener('click', (event) => {
  const menu = event.target.closest('[data-menu]');
  if (menu) {
    const open = document.getElementById('places').classList.toggle('open');
    menu.setAttribute('aria-expanded', String(open));
    return;
  }
  const row = event.target.closest('tr[data-href]');
  if (row && !event.target.closest('a, button, input, label') && getSelection().isCollapsed) row.querySelector('a')?.click();
});

document.addEventListener('change', (event) => {
  if (event.target.matches('[data-submit]')) event.target.form.requestSubmit();
  // The open tickets of a new visit are those of its site; whatever else was typed stays.
  if (event.target.matches('[data-site-form] select[name="site"]')) {
    const address = `/console/visits/new?site=${encodeURIComponent(event.target.value)}`;
    window.htmx?.ajax('GET', address, {target: '#field-tickets', select: '#field-tickets', swap: 'outerHTML'});
  }
});

// After a swap the reader goes on where the page says, or at its head.
document.addEventListener('htmx:afterSettle', (event) => {
  if (event.detail.elt !== document.body) return;
  (document.querySelector('[data-focus]') ?? document.getElementById('main'))?.focus({preventScroll: false});
});

// A card that is reached by Tab or a click is the one that the keys speak of.
document.addEventListener('focusin', (event) => {
  const card = event.target.closest('[data-card]');
  if (card) mark(card);
});

// A live part that draws itself anew keeps the card that the reader is on, and what has the focus.
let held = null;
document.addEventListener('htmx:beforeSwap', (event) => {
  if (!event.detail.target.matches('[data-live]')) return;
  held = {card: document.querySelector('[data-card].at')?.id, focus: document.activeElement?.id};
});
document.addEventListener('htmx:afterSettle', () => {
  if (held === null) return;
  const {card, focus} = held;
  held = null;
  if (card) document.getElementById(card)?.classList.add('at');
  if (focus && document.activeElement === document.body) document.getElementById(focus)?.focus({preventScroll: true});
});

// Live pages: the feed's poke carries only its head. The part that is marked fetches itself anew, and nothing moves
// under a person who is typing in it.
const feed = {source: null, head: 0, failures: 0};

function refresh(part) {
  if (part.contains(document.activeElement) && typing(document.activeElement)) return;
  // A decision is on its way from here: its own answer draws the page, and a form that is gone could not take it.
  if (part.querySelector('.htmx-request')) return;
  window.htmx?.trigger(part, 'feed');
}

function listen() {
  if (feed.source || !document.querySelector('[data-live]')) return;
  feed.source = new EventSource('/console/events');
  feed.source.addEventListener('message', (event) => {
    feed.failures = 0;
    const {head} = JSON.parse(event.data);
    if (feed.head && head > feed.head) document.querySelectorAll('[data-live]').forEach(refresh);
    feed.head = head;
  });
  feed.source.addEventListener('error', () => {
    feed.source.close();
    feed.source = null;
    feed.failures += 1;
    // Too many consoles listen, or the server restarts: look again by ourselves, more rarely each time.
    setTimeout(() => {
      document.querySelectorAll('[data-live]').forEach(refresh);
      listen();
    }, Math.min(60_000, 2_000 * 2 ** feed.failures));
  });
}

document.addEventListener('DOMContentLoaded', listen);
document.addEventListener('htmx:afterSettle', listen);
