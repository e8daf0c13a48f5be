// A mini app's book: the counter of its sequence numbers, and the numbers that belong to no record. One item, beside the records.
import { unmarshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import type { Book } from '../redpack/ports.ts'
import type { Item } from './dynamodb.ts'

const whole = v.pipe(v.number(), v.safeInteger())

const BookItem = v.object({
  last_seq: v.optional(whole, 0),
  holes: v.optional(
    v.pipe(
      v.set(whole),
      v.transform((holes) => [...holes]),
    ),
    new Set<number>(),
  ),
})

/** Not 24 hex digits, so never a record's id; and without miniapp_id and seq, so never in the list's index. */
export function bookId(miniapp_id: string): string {
  return `book#${miniapp_id}`
}

export function bookOf(item: Item | undefined): Book {
  return v.parse(BookItem, item ? unmarshall(item) : {})
}
