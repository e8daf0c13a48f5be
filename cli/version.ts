// The version of the command, which is the one of its package.
import about from './package.json' with { type: 'json' }

export const VERSION = about.version
