/** What a row can be counted as. The first five add up to the whole; received and refunded ones are sent, too. */
export const COUNTED = ['waiting', 'sent', 'refused', 'unknown', 'manual', 'received', 'refunded'] as const
export type Counted = (typeof COUNTED)[number]
