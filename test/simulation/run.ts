// One seed, from its first request to rest.
import { asker, caller, schedule, startOf } from './actors.ts'
import { brownouts, laterVersion, operators, restores } from './operators.ts'
import { checkQuiescent, settleDown } from './quiescence.ts'
import { seedWorld } from './send-plans.ts'
import { World } from './world.ts'

const MINUTE_MS = 60_000
/** How long faults go on. */
const ACTIVE_MS = [4 * MINUTE_MS, 30 * MINUTE_MS, 70 * MINUTE_MS, 180 * MINUTE_MS] as const

export type Run = {
  failure: unknown
  /** Names of the faults that happened. */
  faults: readonly string[]
  stats: ReadonlyMap<string, number>
  trace: readonly string[]
}

export async function run(seed: number, left_out: ReadonlySet<string> = new Set(), traced = false): Promise<Run> {
  const world = new World(seed, left_out, traced)
  let over = false
  const story = tell(world)
    .catch((error) => world.fail(error))
    .then(() => {
      over = true
    })
  await world.events.play(() => over || world.failure !== undefined)
  if (world.failure === undefined) await story
  const { failure, faults, stats, trace = [] } = world
  return { failure, faults: faults.happened, stats, trace }
}

async function tell(world: World): Promise<void> {
  const random = world.random.fork('plan')
  seedWorld(world)
  const plans = [...world.plans]
  const isCrowd = plans.length > 4
  const until_ms = world.events.now_ms + random.pick(ACTIVE_MS)
  for (const plan of plans) {
    for (let n = isCrowd ? 1 : random.int(1, 3); n > 0; n -= 1) {
      const name = `${plan.key}-${n}`
      const start_ms = startOf(random)
      if (n === 1 || world.faults.happens('comes', name)) actor(world, caller(world, name, plan, start_ms))
    }
    if (world.faults.happens('asks', plan.key)) actor(world, asker(world, `${plan.key}-status`, plan))
  }
  actor(world, operators(world))
  actor(world, brownouts(world))
  actor(world, laterVersion(world))
  actor(world, restores(world))
  actor(world, world.others.act(world))
  await schedule(world, until_ms)
  await world.wait(until_ms - world.events.now_ms)
  world.faults.calm = true
  world.calm_ms = world.events.now_ms
  world.note(() => 'faults stop')
  await world.others.close(world)
  await settleDown(world)
  await checkQuiescent(world)
}

/** An actor that throws is a bug of the simulation. */
function actor(world: World, acts: Promise<void>): void {
  acts.catch((error) => world.fail(error))
}
