// The databases that the store is tested on: dynalite, Amazon's DynamoDB Local where Java is, and memory. One face for all.
import { randomUUID } from 'node:crypto'
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { inject } from 'vitest'
import { dynamoLeases } from '../../lib/aws/leases.ts'
import { dynamoLimits } from '../../lib/aws/limits.ts'
import { dynamoRecords } from '../../lib/aws/records.ts'
import { dynamoSequences } from '../../lib/aws/sequences.ts'
import type { Ports } from '../../lib/redpack/ports.ts'
import { createTable, LOCAL_CREDENTIALS, startDynamodb } from '../../local/dynamodb.ts'
import { hasJava, NO_JAVA, until } from './dynamodb-local.ts'
import { memoryTable } from './memory-store.ts'

/** An empty store of its own. */
export type Backend = Pick<Ports, 'store' | 'sequences' | 'limits' | 'leases'>
/** The same on DynamoDB, with what a test needs to look behind it. */
export type DynamoBackend = Backend & { client: DynamoDBClient; table: string }

export type Running<B extends Backend = Backend> = { fresh(): Promise<B>; stop(): Promise<void> }
export type Database<B extends Backend = Backend> = {
  readonly name: string
  /** Why it cannot be tested on here. With CI=true it is never left out: then start() throws this. */
  readonly missing: string | undefined
  start(): Promise<Running<B>>
}

const memory: Database = {
  name: 'memory',
  missing: undefined,
  start: async () => ({
    fresh: async () => {
      const { store, sequences, limits, leases } = memoryTable()
      return { store: store(WRITER), sequences, limits, leases }
    },
    stop: async () => {},
  }),
}

export const dynalite: Database<DynamoBackend> = {
  name: 'dynalite',
  missing: undefined,
  async start() {
    const { endpoint, stop } = await startDynamodb({})
    return running(endpoint, stop)
  },
}

export const dynamodbLocal: Database<DynamoBackend> = {
  name: 'DynamoDB Local',
  missing: hasJava() || process.env.CI === 'true' ? undefined : NO_JAVA,
  async start() {
    const { endpoint } = inject('dynamodb_local')
    if (endpoint === undefined) throw new Error(NO_JAVA)
    return running(endpoint, async () => {})
  },
}

export const databases: readonly Database[] = [memory, dynalite, dynamodbLocal]

/** Who writes in a test. */
const WRITER = { now: Date.now, token: randomUUID }

/** The store on a table that `client` reaches. `unreadable` hears of items that are no records. */
export function backendOf(
  client: Pick<DynamoDBClient, 'send'>,
  table: string,
  unreadable = (_id: string) => {},
): Backend {
  return {
    store: dynamoRecords(client, table, { ...WRITER, unreadable }),
    sequences: dynamoSequences(client, table),
    limits: dynamoLimits(client, table),
    leases: dynamoLeases(client, table, randomUUID),
  }
}

/** The title of a database's tests, which says so where they are left out. */
export function titleOf(subject: string, { name, missing }: Database): string {
  return `${subject} on ${name}${missing === undefined ? '' : ` (left out: ${missing})`}`
}

/** A client that waits for nobody: what cannot be reached is found out at the first try. */
export function clientOf(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ endpoint, region: 'local', credentials: LOCAL_CREDENTIALS, maxAttempts: 1 })
}

function running(endpoint: string, stop: () => Promise<void>): Running<DynamoBackend> {
  const client = clientOf(endpoint)
  return {
    async fresh() {
      const table = `redpack-${randomUUID()}`
      await createTable(endpoint, table)
      await until(async () => {
        const { Table } = await client.send(new DescribeTableCommand({ TableName: table }))
        return Table?.TableStatus === 'ACTIVE'
      })
      return { ...backendOf(client, table), client, table }
    },
    async stop() {
      client.destroy()
      await stop()
    },
  }
}
