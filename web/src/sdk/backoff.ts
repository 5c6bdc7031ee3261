/** How long to wait before trying again. Pure: chance is passed in. */

const FIRST_MS = 1_000
const LONGEST_MS = 30_000
/** A server may ask for more patience than ours, within reason. */
const LONGEST_ASKED_MS = 600_000

/**
 * Milliseconds to wait after so many failures in a row: doubling, between half and all of it by chance, and never less
 * than the server asked for (with up to a quarter more, lest all its players come back in the same second).
 */
export function backoffMs(failures: number, chance: number, retryAfterSeconds: number | null): number {
  const doubled = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(Math.max(failures - 1, 0), 16))
  const own = doubled * (0.5 + chance / 2)
  const asked = Math.min(LONGEST_ASKED_MS, (retryAfterSeconds ?? 0) * 1000)
  return Math.max(own, asked * (1 + chance / 4))
}

/** Seconds that a `Retry-After` header asks for, which is a number or a date; null where it says neither. */
export function retryAfter(header: string | null, now: number): number | null {
  if (!header?.trim()) return null
  const stated = Number(header)
  if (Number.isFinite(stated)) return Math.max(0, stated)
  const date = Date.parse(header)
  return Number.isNaN(date) ? null : Math.max(0, (date - now) / 1000)
}
