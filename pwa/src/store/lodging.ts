import type {Meta} from '../exchange/types.ts';
import {SCHEMA} from '../sync/protocol.ts';
import {importNamingKey} from './blobs.ts';
import {type Bytes, fromBase64Url, toBase64Url} from './bytes.ts';
import {Connection, type StoreTrouble} from './connection.ts';
import {LODGING} from './form.ts';
import {databaseOf, type KeyringRecord, type Machine, type Records, type SealedMeta} from './database.ts';
import {makeDeviceKey, type Signer} from './device_key.ts';
import {importDataKey, MOST_FAILURES, newDataKey, type PublicJwk, type RecoveryWrap, unwrapByPin, wrapByPin, wrapForRecovery} from './keyring.ts';
import {sealMeta, seats} from './memory.ts';
import {Salvage} from './salvage.ts';
import {Vault} from './seal.ts';
import {Store} from './store.ts';

/** A person's part of the tablet, open. */
export interface Opened {
  readonly store: Store;
  readonly signer: Signer;
}

export type Unlocking = {readonly opened: Opened} | {readonly refused: 'wrong_pin'; readonly left: number} | {readonly refused: 'too_many'};

/** One person's part of the tablet, locked: only what lies in clear is known. */
export class Lodging {
  readonly #connection: Connection<Records>;
  readonly #machine: Machine;

  constructor(person: string, machine: Machine) {
    this.#machine = machine;
    this.#connection = new Connection(databaseOf(person), LODGING, machine);
  }

  /** Hear of what stands between the app and the database, and with null when it is over. */
  onTrouble(tell: (trouble: StoreTrouble | null) => void): void {
    this.#connection.onTrouble = tell;
  }

  /** Whether a PIN was set here before. */
  async isFurnished(): Promise<boolean> {
    return (await this.#keyring()) !== undefined;
  }

  /** Make the keys and the empty stores, in one transaction. The device id is a fresh UUIDv7. */
  async furnish(pin: string, device: string, recoveryKey: PublicJwk): Promise<Opened> {
    const raw = newDataKey(this.#machine.random);
    const vault = new Vault(await importDataKey(raw), this.#machine.random);
    const [keyring, deviceKey, naming, engine] = await Promise.all([
      this.#wrapped(raw, pin, device, recoveryKey), makeDeviceKey(vault),
      sealMeta(vault, 'naming', toBase64Url(this.#machine.random(32))), sealMeta(vault, 'engine', fresh(device)),
    ]);
    const recovery = await sealMeta(vault, 'recovery_key', recoveryKey);
    await this.#connection.write(['meta'], async (within) => {
      // `add`: a second furnishing would put new keys over work that only the old ones open.
      await within.add('meta', keyring);
      await within.put('meta', {key: 'device_key', ...deviceKey}, naming, engine, recovery, {key: 'next_n', next: 1});
    });
    return this.#open(raw);
  }

  /** Try a PIN. The failure is counted before the PIN is tried, so that pulling the plug gives no free attempt. */
  async unlock(pin: string): Promise<Unlocking> {
    const keyring = await this.#countAttempt();
    if (keyring === null) return {refused: 'too_many'};
    const raw = await unwrapByPin(keyring.pin, pin);
    if (raw === null) {
      const left = MOST_FAILURES - keyring.failures;
      return left > 0 ? {refused: 'wrong_pin', left} : {refused: 'too_many'};
    }
    const good = {...keyring, failures: 0};
    await this.#connection.write(['meta'], (within) => within.put('meta', good));
    const opened = await this.#open(raw);
    await this.#rewrap(good, raw, opened.store);
    return {opened};
  }

  /** Only what can still be read, for a database that no longer opens. The same PIN, counted in the same way. */
  async salvage(pin: string): Promise<{readonly salvage: Salvage} | Exclude<Unlocking, {opened: Opened}>> {
    const keyring = await this.#countAttempt();
    if (keyring === null) return {refused: 'too_many'};
    const raw = await unwrapByPin(keyring.pin, pin);
    if (raw === null) {
      const left = MOST_FAILURES - keyring.failures;
      return left > 0 ? {refused: 'wrong_pin', left} : {refused: 'too_many'};
    }
    await this.#connection.write(['meta'], (within) => within.put('meta', {...keyring, failures: 0})).catch(() => undefined);
    return {salvage: new Salvage(this.#connection, new Vault(await importDataKey(raw), this.#machine.random))};
  }

  /** What the server needs to give the data key back after a fresh sign-in. */
  async forRecovery(): Promise<{readonly device: string; readonly envelope: RecoveryWrap}> {
    const {device, recovery} = await this.#mustKeyring();
    return {device, envelope: recovery};
  }

  /** The data key came back from the server: set a new PIN. Everything on the tablet is as it was. */
  async recover(dek: string, pin: string, recoveryKey: PublicJwk): Promise<Opened> {
    const raw = fromBase64Url(dek);
    // Opened first: a key that opens nothing must not replace the one that does.
    const opened = await this.#open(raw);
    const keyring = await this.#wrapped(raw, pin, (await this.#mustKeyring()).device, recoveryKey);
    await this.#connection.write(['meta'], (within) => within.put('meta', keyring));
    return opened;
  }

  close(): void {
    this.#connection.close();
  }

  /** The sealed data key names its device; after the storage became another one, a forgotten PIN is made good as that. */
  async #rewrap(keyring: KeyringRecord, raw: Bytes, store: Store): Promise<void> {
    const {device} = store.memory.meta;
    const recoveryKey = device === keyring.device ? null : await store.setting<PublicJwk>('recovery_key');
    if (recoveryKey === null) return;
    const recovery = await wrapForRecovery(raw, device, recoveryKey, this.#machine.random);
    await this.#connection.write(['meta'], (within) => within.put('meta', {...keyring, device, recovery}));
  }

  async #wrapped(raw: Bytes, pin: string, device: string, recoveryKey: PublicJwk): Promise<KeyringRecord> {
    const {random} = this.#machine;
    return {key: 'keyring', device, pin: await wrapByPin(raw, pin, random), recovery: await wrapForRecovery(raw, device, recoveryKey, random), failures: 0};
  }

  async #open(raw: Bytes): Promise<Opened> {
    const vault = new Vault(await importDataKey(raw), this.#machine.random);
    const naming = await this.#connection.read(['meta'], (within) => within.get('meta', 'naming')) as SealedMeta | undefined;
    if (naming === undefined) throw new Error('this database was never set up');
    const namingKey = await importNamingKey(fromBase64Url(await vault.openJson<string>(seats.meta('naming'), naming)));
    const store = await Store.open(this.#connection, vault, this.#machine, namingKey);
    return {store, signer: await store.signer()};
  }

  #countAttempt(): Promise<KeyringRecord | null> {
    return this.#connection.write(['meta'], async (within) => {
      const keyring = await within.get('meta', 'keyring') as KeyringRecord | undefined;
      if (keyring === undefined) throw new Error('this database was never set up');
      if (keyring.failures >= MOST_FAILURES) return null;
      const counted = {...keyring, failures: keyring.failures + 1};
      await within.put('meta', counted);
      return counted;
    });
  }

  #keyring(): Promise<KeyringRecord | undefined> {
    return this.#connection.read(['meta'], (within) => within.get('meta', 'keyring')) as Promise<KeyringRecord | undefined>;
  }

  async #mustKeyring(): Promise<KeyringRecord> {
    const keyring = await this.#keyring();
    if (keyring === undefined) throw new Error('this database was never set up');
    return keyring;
  }
}

function fresh(device: string): Omit<Meta, 'nextN'> {
  return {
    device, schema: SCHEMA, epoch: null, resume: null, ackedN: 0, durableN: 0, durability: null, cursor: null, head: 0, journal: null,
    generation: 1, bootstrapping: false, staged: null, lastContact: null, minApp: null,
  };
}
