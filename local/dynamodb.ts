// DynamoDB on one machine: dynalite in a folder that survives a restart, with the table of resources/table.yml.
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { parse } from 'yaml'
import { listen } from './listen.ts'
import { AMZ_JSON, guardServer } from './own-machine.ts'

export type Dynamodb = { endpoint: string; stop(): Promise<void> }

/** Any credentials will do for what runs here. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' }

/** `folder` undefined: in memory. `port` 0: any. */
export async function startDynamodb({ folder, port = 0 }: { folder?: string; port?: number }): Promise<Dynamodb> {
  const server = dynalite({ createTableMs: 0, ...(folder === undefined ? {} : { path: folder }) })
  guardServer(server, { content_type: AMZ_JSON })
  // dynalite throws what a caller's broken connection says, and that would end the process.
  server.on('request', (request) => request.removeAllListeners('error').on('error', () => {}))
  await listen(server, port, 'DynamoDB')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** Makes the table of resources/table.yml under another name, unless it is there already. @returns once it takes writes */
export async function createTable(endpoint: string, table: string): Promise<void> {
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials: LOCAL_CREDENTIALS })
  try {
    await client.send(new CreateTableCommand({ ...tableDefinition(), TableName: table }))
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error
  }
  try {
    await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.5 }, { TableName: table })
  } finally {
    client.destroy()
  }
}

function tableDefinition(): CreateTableCommandInput {
  const { Properties } = parse(readFileSync(new URL('../resources/table.yml', import.meta.url), 'utf8'))
  const { TableName, BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = Properties
  return { TableName, BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes }
}
