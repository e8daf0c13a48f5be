// The keys of campaigns' sends. In a file of its own, since the stack of a send needs it without the schemas of campaigns.

/** Callers of POST /redpacks may not use keys that begin so. */
export const KEY_PREFIX = 'campaign/'
