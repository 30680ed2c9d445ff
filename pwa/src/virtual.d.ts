/** Modules that build/*.ts makes while building. */
declare module 'virtual:icons' {
  /** The address of the SVG file with a <symbol> for each name of ui/icons.json. */
  export const sprite: string;
}
declare module 'virtual:words/*' {
  /** Fetch all words in one language. */
  export default function load(): Promise<Readonly<Record<string, string | {readonly one: string; readonly other: string}>>>;
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
