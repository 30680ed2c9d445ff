/** Screens are waited for by condition: a second, the library's own limit, is too short on a loaded machine. */
if (typeof document !== 'undefined') {
  const {configure} = await import('@testing-library/preact');
  configure({asyncUtilTimeout: 20_000});
}
export {};
