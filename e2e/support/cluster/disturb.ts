import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Link } from '../../../scripts/cluster/link.ts'
import type { Part } from '../../../scripts/cluster/part.ts'

/** The average ms between two disturbances, and the most ms for which a part is down. */
const UP_TIME = 1500
const DOWN_TIME = 1000

/** Kills each part and cuts each link in turn until `end`, and each part once at least. Returns how often each happened. */
export async function disturb(
  { parts, links, cutSeconds }: { parts: readonly Part[]; links: readonly Link[]; cutSeconds: number },
  end: number,
): Promise<Record<string, number>> {
  const done: Record<string, number> = {}
  const count = (what: string) => {
    done[what] = (done[what] ?? 0) + 1
  }
  const kill = async (part: Part) => {
    await part.kill()
    count(`kills of ${part.name}`)
    await pause(randomInt(DOWN_TIME))
    await part.start()
  }
  const cut = async (link: Link) => {
    link.cut()
    count('cuts')
    await pause(1000 * cutSeconds)
    link.mend()
  }
  // A cut takes long, so the kills go on meanwhile.
  const inTurn = async <T>(things: readonly T[], least: number, disturbance: (thing: T) => Promise<void>) => {
    for (let turn = 0; turn < least || performance.now() < end; turn++) {
      await pause(randomInt(2 * UP_TIME))
      await disturbance(things[turn % things.length] as T)
    }
  }
  await Promise.all([inTurn(parts, parts.length, kill), inTurn(links, 1, cut)])
  return done
}
