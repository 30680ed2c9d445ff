/** The one Trusted Types policy of /app/: addresses of scripts of our own, and nothing else. */
interface Policy {
  createScriptURL(url: string): unknown;
}

const factory = (globalThis as {trustedTypes?: {createPolicy(name: string, rules: {createScriptURL(url: string): string}): Policy}}).trustedTypes;

const policy = factory?.createPolicy('singgah', {createScriptURL: ownScript});

/**
 * The address of a worker or service worker in the form that the browser demands.
 * Get a worker's address with `import url from './photo_worker.ts?worker&url'`. Throws for anything outside /app/.
 */
export function trustedScript(url: string): string {
  return (policy?.createScriptURL(url) ?? ownScript(url)) as string;
}

function ownScript(url: string): string {
  const full = new URL(url, location.href);
  if (full.origin !== location.origin || !full.pathname.startsWith('/app/')) throw new TypeError(`${full.href} is not a script of this app`);
  return full.href;
}
