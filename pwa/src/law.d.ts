/** The only things of the platform that the law may use beside the language: UTF-8, both ways. */
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: 'utf-8', options?: {fatal?: boolean; ignoreBOM?: boolean});
  decode(bytes?: ArrayBuffer | Uint8Array): string;
}
