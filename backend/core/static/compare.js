// Compares a PDF with the digest on this page. The file is read here and sent nowhere.
'use strict';

const drop = document.querySelector('[data-sha256]');
const verdict = document.getElementById('verdict');

async function compare(file) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const same = hex === drop.dataset.sha256;
  verdict.hidden = false;
  verdict.className = `state ${same ? 'ok' : 'fail'}`;
  verdict.textContent = same ? drop.dataset.same : drop.dataset.other;
}

drop.querySelector('input').addEventListener('change', (event) => {
  const [file] = event.target.files;
  if (file) void compare(file);
});
drop.addEventListener('dragover', (event) => event.preventDefault());
drop.addEventListener('drop', (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file) void compare(file);
});
