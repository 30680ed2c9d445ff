import type {components} from './types.ts';

type Schemas = components['schemas'];

/** What came over the wire is never changed in place. */
export type Frozen<T> = T extends object ? {readonly [Key in keyof T]: Frozen<T[Key]>} : T;

/** One of the server's shapes (`types.ts` is written by `make types`). */
export type Wire<Name extends keyof Schemas> = Frozen<Schemas[Name]>;

type KindOf<Name> = Name extends `value.${infer Kind}` ? Kind : never;
export type Kind = KindOf<keyof Schemas>;

/** The value of an entity of one kind. The server writes every field of it, so none is absent. */
export type Value<Name extends Kind> = Required<Wire<`value.${Name}`>>;

/** The same with some fields known more closely than the server's schema can say; what does not fit it does not compile. */
export type Closer<Name extends Kind, Fields extends Partial<Value<Name>>> = Omit<Value<Name>, keyof Fields> & Fields;
