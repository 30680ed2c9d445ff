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
  await Promise.all([applyPreferences(), begin()]);
  render(<App />, root);
  await keepOffline();
}

await start();
