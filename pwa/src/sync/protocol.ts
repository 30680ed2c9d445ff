/** Numbers both sides know: protocol, schema and limits, read from sync/protocol.json (rule S1). */
import page from '../../../sync/protocol.json' with {type: 'json'};

export const PROTOCOL: number = page.protocol;
export const SCHEMA: number = page.schema;
export const LIMITS = page.limits;
