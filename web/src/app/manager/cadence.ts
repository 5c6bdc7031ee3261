/** When a live report is reloaded. Times are milliseconds of one clock. */

/** At most so often: a team of a thousand is no more work than a team of ten. */
export const EVERY = 2_500
/** So much later the durable store, which reports are of, has had a change (its p99 is under 3 s). */
export const SETTLED = 3_000
/** Long enough for a change to have reached the store mostly, so that the first load shows it. */
export const FIRST = 800

/**
 * The time of the next load, null where none is needed: `changedAt` is the latest change, `loadedAt` when the latest
 * load began. After the last change of all there is one more load that is sure to have it.
 */
export function nextLoad(changedAt: number | null, loadedAt: number, now: number): number | null {
  if (changedAt === null || loadedAt >= changedAt + SETTLED) return null
  return Math.max(loadedAt + EVERY, now + FIRST)
}
