// The states of a campaign: every command in every state, and where a slice leaves it.
import { describe, expect, test } from 'vitest'
import {
  AFTER_COMMAND,
  afterCommand,
  afterSlice,
  COMMANDS,
  commandText,
  IS_LIVE,
  IS_OVER,
} from '../../../lib/campaigns/states.ts'

const STATES = ['draft', 'queued', 'running', 'paused', 'stopped', 'settling', 'done', 'cancelled'] as const

/** As CAMPAIGNS are documented: start, pause, resume, cancel, retry. */
const TABLE = [
  ['draft', 'queued', 'no', 'no', 'cancelled', 'no'],
  ['queued', 'same', 'paused', 'same', 'cancelled', 'no'],
  ['running', 'same', 'paused', 'same', 'cancelled', 'no'],
  ['paused', 'same', 'same', 'queued', 'cancelled', 'queued'],
  ['stopped', 'same', 'paused', 'queued', 'cancelled', 'queued'],
  ['settling', 'same', 'no', 'no', 'no', 'queued'],
  ['done', 'same', 'no', 'no', 'no', 'queued'],
  ['cancelled', 'no', 'no', 'no', 'same', 'no'],
] as const

const CELLS = TABLE.flatMap(([state, ...cells]) =>
  cells.map((cell, i) => ({ state, command: COMMANDS[i] ?? 'start', cell })),
)

describe('a command', () => {
  test('is one of these', () => {
    expect([...COMMANDS]).toStrictEqual(['start', 'pause', 'resume', 'cancel', 'retry'])
    expect(Object.keys(AFTER_COMMAND)).toStrictEqual([...STATES])
  })

  test.for(CELLS)('$command in $state: $cell', ({ state, command, cell }) => {
    const after = afterCommand({ state, version: 3 }, { command, version: 3 })
    expect(after).toStrictEqual(cell === 'same' || cell === 'no' ? { is: cell } : { to: cell })
  })

  test.for([
    ['an older version is refused', { version: 2 }, { is: 'changed' }],
    ['a version that was never given, too', { version: 4 }, { is: 'changed' }],
    [
      'the last command repeated has its answer',
      { version: 2, last: { command: 'pause', version: 2 } },
      { is: 'repeated' },
    ],
    [
      'another command than the last with its version is refused',
      { version: 2, last: { command: 'resume', version: 2 } },
      { is: 'changed' },
    ],
    [
      'the same command with the present version is a new one',
      { version: 3, last: { command: 'pause', version: 2 } },
      { to: 'paused' },
    ],
    ['the last one before this is old', { version: 1, last: { command: 'pause', version: 2 } }, { is: 'changed' }],
  ] as const)('%s', ([, { version, ...more }, after]) => {
    const last = 'last' in more ? more.last : undefined
    expect(afterCommand({ state: 'running', version: 3, last }, { command: 'pause', version })).toStrictEqual(after)
  })

  test('a retry of one code is another command than a retry of all', () => {
    expect(commandText({ command: 'retry' })).toBe('retry')
    expect(commandText({ command: 'retry', argument: 'OPENID_ERROR' })).toBe('retry OPENID_ERROR')
    const seen = { state: 'queued', version: 4, last: { command: 'retry OPENID_ERROR', version: 3 } } as const
    expect(afterCommand(seen, { command: 'retry', version: 3 })).toStrictEqual({ is: 'changed' })
    expect(afterCommand(seen, { command: 'retry', version: 3, argument: 'OPENID_ERROR' })).toStrictEqual({
      is: 'repeated',
    })
  })
})

const GOES_ON = { stopped: false, overdue: false }
const STOPPED = { stopped: true, overdue: false }
const OVERDUE = { stopped: false, overdue: true }

describe('a slice', () => {
  test.for([
    ['running', { waiting: 1, open: 1 }, GOES_ON, 'running'],
    ['running', { waiting: 1, open: 0 }, STOPPED, 'stopped'],
    ['running', { waiting: 0, open: 0 }, STOPPED, 'stopped'],
    ['queued', { waiting: 1, open: 0 }, STOPPED, 'stopped'],
    ['queued', { waiting: 0, open: 0 }, GOES_ON, 'queued'],
    ['running', { waiting: 0, open: 1 }, GOES_ON, 'settling'],
    ['running', { waiting: 0, open: 0 }, GOES_ON, 'settling'],
    ['running', { waiting: 0, open: 0 }, OVERDUE, 'settling'],
    ['running', { waiting: 1, open: 0 }, OVERDUE, 'running'],
    ['settling', { waiting: 1, open: 0 }, GOES_ON, 'queued'],
    ['settling', { waiting: 1, open: 1 }, OVERDUE, 'queued'],
    ['settling', { waiting: 0, open: 1 }, GOES_ON, 'settling'],
    ['settling', { waiting: 0, open: 1 }, STOPPED, 'settling'],
    ['settling', { waiting: 0, open: 0 }, GOES_ON, 'done'],
    ['settling', { waiting: 0, open: 1 }, OVERDUE, 'done'],
    ['paused', { waiting: 1, open: 0 }, STOPPED, 'paused'],
    ['paused', { waiting: 0, open: 0 }, OVERDUE, 'paused'],
    ['stopped', { waiting: 0, open: 0 }, OVERDUE, 'stopped'],
    ['cancelled', { waiting: 1, open: 0 }, STOPPED, 'cancelled'],
    ['done', { waiting: 1, open: 1 }, STOPPED, 'done'],
    ['draft', { waiting: 1, open: 0 }, STOPPED, 'draft'],
  ] as const)('leaves %s with %o, %o: %s', ([state, left, how, after]) => {
    expect(afterSlice(state, left, how)).toBe(after)
  })
})

test('queued and running ones are taken up; done and cancelled ones are over', () => {
  expect(STATES.filter((state) => IS_LIVE[state])).toStrictEqual(['queued', 'running'])
  expect(STATES.filter((state) => IS_OVER[state])).toStrictEqual(['done', 'cancelled'])
  expect(STATES.filter((state) => !IS_LIVE[state])).toStrictEqual([
    'draft',
    'paused',
    'stopped',
    'settling',
    'done',
    'cancelled',
  ])
  expect(Object.values(IS_LIVE).filter((live) => live === false).length).toBe(6)
  expect(Object.values(IS_OVER).filter((over) => over === false).length).toBe(6)
})
