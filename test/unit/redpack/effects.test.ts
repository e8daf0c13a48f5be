// docs/operations.md is where an alarm sends people: it has a row for each kind.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ALARMS } from '../../../lib/redpack/effects.ts'

/** The alarm of campaigns (lib/aws/log.ts). */
const OF_CAMPAIGNS = 'campaign_failed'

test('operations.md has a row for each kind of alarm, and for no other', () => {
  const page = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8')
  const table = page.slice(page.indexOf('## alarm'), page.indexOf('## ', page.indexOf('## alarm') + 1))
  const rows = [...table.matchAll(/^\| `(\w+)` +\|/gm)].map(([, kind]) => kind)
  expect(rows).toEqual([...ALARMS, OF_CAMPAIGNS])
})
