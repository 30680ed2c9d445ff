/** Bytes and their spellings. Buffers are always backed by an ArrayBuffer: that is what IndexedDB and WebCrypto take everywhere. */
export type Bytes = Uint8Array<ArrayBuffer>;

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

export function toBase64Url(bytes: ArrayBuffer | Bytes): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function toBase64(bytes: ArrayBuffer | Bytes): string {
  let binary = '';
  for (const byte of bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Throws on anything that is not base64url. */
export function fromBase64Url(text: string): Bytes {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

export function toHex(bytes: ArrayBuffer | Bytes): string {
  return Array.from(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export async function sha256(bytes: ArrayBuffer | Bytes): Promise<ArrayBuffer> {
  return crypto.subtle.digest('SHA-256', bytes);
}

/** SHA-256 as `sync/chain.ts` asks for it. */
export async function digestOf(data: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', data as Bytes));
}
