// All that is looked at before a deployment, in the order in which it would fail.
import type { Finding } from '../finding.ts'
import { examineCredentials, examineExecutions } from './account.ts'
import type { Clients } from './aws.ts'
import { examineMachine, type Machine } from './machine.ts'
import { examineSecrets } from './secrets.ts'
import { examineStack } from './stack.ts'
import { type Choices, examineStage, type Plan } from './stage.ts'
import type { Table } from './table.ts'

export type Asked = {
  readonly machine: Machine
  readonly plan: Plan
  /** @throws Error that says what is wrong with the choices */
  readonly choose: () => Choices
  /** The folder of the stages' files. */
  readonly folder: string
  readonly shell: NodeJS.ProcessEnv
  readonly clients: Clients
  readonly table: Table
  readonly now_ms: number
}

export async function* examine(asked: Asked): AsyncGenerator<Finding> {
  const { machine, plan, choose, folder, shell, clients, table, now_ms } = asked
  yield* examineMachine(machine)
  const choices = yield* examineStage(plan, choose, folder, shell)
  const isKnown = yield* examineCredentials(plan, clients)
  if (!isKnown) {
    yield { check: 'stack', state: 'none', text: 'Secrets, stack and table were not looked at: AWS does not know you' }
    return
  }
  if (choices) yield* examineExecutions(plan, choices.settle_concurrency, clients)
  yield* examineSecrets(plan, clients, now_ms)
  yield* examineStack(plan, clients, table)
}
