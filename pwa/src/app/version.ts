/** Which program made a record: stands in every sign-off. */
export const APP = {version: '0.1.0', build: import.meta.env.MODE} as const;
