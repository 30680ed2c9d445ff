import {type RescueFile, writeRescueFile} from '../store/rescue_file.ts';
import type {Salvage, Salvaged} from '../store/salvage.ts';
import {machine} from './machine.ts';
import {api} from './tablet.ts';

/** Neither on this tablet nor from the server is to be had to whom the file must be sealed. */
export class NoRecoveryKey extends Error {
  override name = 'NoRecoveryKey';
}

/** Seal what is left on this tablet and hand it to the browser as a download. Works without a network. */
export async function saveUnsent(salvage: Salvage, person: string): Promise<RescueFile> {
  const found = await salvage.read();
  const sealing = await sealedFor(found);
  const made = await writeRescueFile(salvage, found, {...sealing, person, now: machine.now(), random: machine.random});
  download(made.file, nameOf(sealing.device));
  return made;
}

/** Kept since the last sign-in; where that row is broken, the server is asked. */
async function sealedFor({device, organisation, recoveryKey}: Salvaged) {
  if (device === null) throw new NoRecoveryKey('the device is not known any more');
  if (organisation !== null && recoveryKey !== null) return {device, organisation, recoveryKey};
  const session = await api.session().catch(() => null);
  if (session === null) throw new NoRecoveryKey('there is no key to seal it to');
  return {device, organisation: session.organisation, recoveryKey: session.recovery_key};
}

function nameOf(device: string): string {
  const at = new Date(machine.now()).toISOString().slice(0, 16).replaceAll(/[-:T]/g, '');
  return `singgah-${device.slice(-6)}-${at}.singgah-rescue`;
}

function download(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // Chromium reads it after the click; a minute is more than any disk needs.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
