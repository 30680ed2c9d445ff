/**
 * Checked by the compiler alone (`npm run check`): what the engine writes, the server's schemas take, and what they
 * describe, the engine reads. The engine has its own words for both because the law sees neither net nor store.
 */
import type {components} from '../../src/net/types.ts';
import type {Operation} from '../../src/sync/operation.ts';
import type {OperationResult} from '../../src/sync/outcome.ts';
import type {PullAnswer, PullBody, PushAnswer, PushBody} from '../../src/exchange/types.ts';
import type {RecoveryWrap} from '../../src/store/keyring.ts';
import type {Wire} from '../../src/net/wire.ts';

type Schemas = components['schemas'];

/** The generator takes a field with a default for one that is always there; in a request it may be left out. */
type MayOmit<Body, Field extends keyof Body> = Omit<Body, Field> & Partial<Pick<Body, Field>>;

/** A tombstone says `del: true`; no row says false. */
type Row = Omit<Schemas['Change'], 'del'> & {del?: true};

type Fits<Given extends Wanted, Wanted> = Given;

export type Written = [
  Fits<Operation, Wire<'Operation'>>,
  Fits<PushBody, MayOmit<Schemas['Push'], 'isolate'>>,
  Fits<PullBody, Schemas['Pull']>,
  Fits<RecoveryWrap, Schemas['Recover']>,
];

export type Read = [
  Fits<Schemas['Result'], OperationResult>,
  Fits<Schemas['PushAnswer'], PushAnswer>,
  Fits<Omit<Schemas['PullAnswer'], 'changes'> & {changes: Row[]}, PullAnswer>,
];

// @ts-expect-error a guard comes with its own broken example: a body that lacks a field
export type Broken = Fits<Omit<PushBody, 'nonce'>, MayOmit<Schemas['Push'], 'isolate'>>;
