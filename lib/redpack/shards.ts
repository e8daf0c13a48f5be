// The index of open records is spread over 16 shards, by the first hex digit of the id, which is itself a hash.
import * as v from 'valibot'

export const SHARDS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'] as const
export type Shard = (typeof SHARDS)[number]

/** @returns the shard of a record's id */
export function shardOf(id: string): Shard {
  return id.charAt(0) as Shard
}

/** The part of the work that one entry of the schedule does: its shards, and how many entries share each merchant's rates. */
export const Share = v.object({
  shards: v.optional(
    v.pipe(
      v.array(v.picklist(SHARDS, `is no shard; the shards are "${SHARDS.join('", "')}"`), 'is not a list of shards'),
      v.minLength(1, 'is empty; leave it out for all shards'),
      v.check((shards) => new Set(shards).size === shards.length, 'names a shard twice'),
    ),
    () => [...SHARDS],
  ),
  of: v.optional(
    v.pipe(
      v.number('is no number'),
      v.integer('is not whole'),
      v.minValue(1, 'is below 1'),
      v.maxValue(SHARDS.length, `is above ${SHARDS.length}`),
    ),
    1,
  ),
})
export type Share = v.InferOutput<typeof Share>

/** All there is, for one entry. */
export const WHOLE: Share = { shards: [...SHARDS], of: 1 }

// A list passes as an object whose every field is left out, and would mean all shards.
const Input = v.pipe(
  v.custom<object>((input) => typeof input === 'object' && !Array.isArray(input), 'is no object'),
  Share,
)

/**
 * Input of settle; what EventBridge adds by itself is passed over, and none is null, or '' from `serverless invoke local`.
 * @throws Error that names what is wrong
 */
export function shareOf(input: unknown): Share {
  const parsed = v.safeParse(Input, input === '' ? {} : (input ?? {}))
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  throw new Error(
    `settle's input: ${v.getDotPath(issue) ?? 'it'} ${issue.message}. It looks like {"shards": ["0", "1"], "of": 8}`,
  )
}
