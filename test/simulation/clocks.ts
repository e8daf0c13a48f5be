// How far the clocks of a seed's processes are from the true time.

/** As they should be, some seconds apart, that besides step back and forth, or minutes off. */
export type Clocks = 'true' | 'apart' | 'stepping' | 'wrong'

/** Any two clocks are less than lib's CLOCK_SKEW_MS apart, unless they are wrong. */
export const SKEW_MAX_MS = 2_400
/** Two clocks differ by this much at most. */
export const APART_MAX_MS = 2 * SKEW_MAX_MS
/** How far a wrong one is off. */
export const WRONG_MAX_MS = 15 * 60_000
