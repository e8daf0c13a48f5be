// Values that are printed to be copied, each through a real shell: it must read what was meant.
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { screened } from '../../../cli/printable.ts'
import { aboutCampaign, quote, sameCommand, toService, toTable } from '../../../cli/shell.ts'

/** What a shell makes of a line: its words behind the first. */
function words(line: string): string[] {
  const { stdout } = spawnSync('sh', ['-c', `redpack() { printf '%s\\0' "$@"; }\n${line}`], { encoding: 'utf8' })
  return stdout.split('\0').slice(0, -1)
}

const VALUES = [
  ...[
    '',
    'a',
    "it's",
    'a b',
    '$HOME',
    '`id`',
    '$(id)',
    '!!',
    '*',
    '~',
    '~root',
    '=ls',
    'a=b',
    '-n',
    '--',
    '#x',
    'a;b',
    'a|b',
  ],
  ...[
    'a&b',
    '<x',
    '"x"',
    '\\',
    "\\'",
    '%',
    '%s',
    '{a,b}',
    '[x]',
    '恭喜发财',
    '春节 2026',
    '👨‍👩‍👧',
    '❤️',
    'é',
    'e\u0301',
  ],
  // Not to be seen, and so not to be printed raw.
  ...[
    'a\u200bb',
    '\u202eabc',
    'tab\tin',
    'two\nlines',
    '\ufeffx',
    "'\u200b'",
    '100%\u200b',
    'back\\slash\u200b',
    '\u001b[31m',
  ],
]

describe('quote', () => {
  it('gives back every value, also after it was made fit for a terminal', () => {
    const line = ['redpack', ...VALUES.map(quote)].join(' ')
    expect(screened(line, false)).toBe(line)
    expect(words(line)).toEqual(VALUES)
  })
})

describe('commands to be copied', () => {
  const env = {}
  const argv = [
    '--profile',
    "it's",
    'send',
    '--wishing',
    '恭 喜',
    '--secret',
    'c2VjcmV0',
    '--lang=zh',
    '--yes',
    '--table',
    't t',
  ]
  const lines = [
    sameCommand(argv, 'k 1', env),
    toService(['find', '$x'], { argv, env }),
    toTable(['resume', '--miniapp', "a'b"], { argv, env }),
    aboutCampaign('show', '2026 年会', argv, env),
    aboutCampaign('show', '-n', argv, env),
  ]
  it('run as they stand, to the same service or table, without the secret', () => {
    const kept = ['--profile', "it's"]
    expect(lines.map(words)).toEqual([
      [...kept, 'send', '--wishing', '恭 喜', '--lang=zh', '--yes', '--table', 't t', '--idempotency-key', 'k 1'],
      ['find', '$x', ...kept, '--lang=zh'],
      ['resume', '--miniapp', "a'b", ...kept, '--lang=zh', '--table', 't t'],
      ['campaign', 'show', '2026 年会', ...kept, '--lang=zh'],
      ['campaign', 'show', ...kept, '--lang=zh', '--', '-n'],
    ])
  })
})
