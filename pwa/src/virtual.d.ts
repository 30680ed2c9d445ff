/** Modules that build/*.ts makes while building. */
declare module 'virtual:icons' {
  /** name → the shapes of a 24 × 24 icon, as [tag, attributes] */
  export const shapes: Readonly<Record<string, readonly (readonly [string, Readonly<Record<string, string>>])[]>>;
}
declare module 'virtual:words/*' {
  const words: Readonly<Record<string, string | {readonly one: string; readonly other: string}>>;
  export default words;
}
declare module '*.css';
interface ImportMeta {
  /** Vite: what kind of build this is. */
  readonly env: {readonly MODE: string};
  /** Vite: one way to load each file that fits the pattern. */
  glob<Module>(pattern: string): Record<string, () => Promise<Module>>;
}
declare module '*?worker&url' {
  /** Address of a worker's script. */
  const url: string;
  export default url;
}
