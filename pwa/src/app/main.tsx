import {render} from 'preact';
import '../ui/ui.css';
import {App} from './app.tsx';
import {applyPreferences} from './preferences.ts';
import {followAddress} from './router.ts';
import {keepOffline} from './update.ts';
import {begin} from '../features/account/account.ts';

async function start(): Promise<void> {
  const root = document.getElementById('app');
  if (root === null) throw new Error('index.html has no #app');
  followAddress();
  const begun = begin();
  await applyPreferences();
  // Before the storage has answered: other windows may have to be closed first, and that must be said.
  render(<App />, root);
  await begun;
  await keepOffline();
}

await start();
