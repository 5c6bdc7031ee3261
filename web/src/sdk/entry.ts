/** What waits in the queue, and which of it goes out next or is given up. Pure. */

import type { HeartbeatBody } from './heartbeat'

/** A heartbeat that the server has not yet answered. Its key is the heartbeat's id, so that it is kept once. */
export interface Entry {
  readonly id: string
  /** Whose it is: see `identity`. */
  readonly owner: string
  /** Grows with every entry: ms since 1970, or a little more. */
  readonly order: number
  readonly body: HeartbeatBody
  /** How far the clock was ahead of the server's, in seconds, where that was known. */
  readonly offset?: number | undefined
}

/** Kept in one browser. At one in ten seconds, the fullest record of three hours; after that, the gist of months. */
export const MOST_ENTRIES = 1_000
/** What is thinned at once, lest every heartbeat after the first too many cost a look at them all. */
const SLACK = 0.9
/** How many heartbeats the server takes at once. */
export const MOST_IN_BATCH = 500
/** The server, and browsers for requests that outlive their page, take 65,536 bytes; a token may be among them. */
export const MOST_BYTES = 56_000

/** The service keeps what it is told of a session once for each quarter of an hour, from :00, :15, :30 and :45 on. */
const QUARTER_MS = 900_000

/**
 * Which entries to drop, of all there are in order: the oldest that a later heartbeat of the same session and quarter
 * of an hour makes superfluous. Only where that is not enough, and all that is left is unique, the oldest of the
 * rest (`lost`).
 */
export function surplus(entries: readonly Entry[]): { superseded: string[]; lost: string[] } {
  if (entries.length <= MOST_ENTRIES) return { superseded: [], lost: [] }
  const excess = entries.length - Math.floor(MOST_ENTRIES * SLACK)
  const latest = new Map<string, number>()
  for (const { body } of entries) {
    latest.set(quarterOf(body), Math.max(latest.get(quarterOf(body)) ?? 0, body.sequence ?? 0))
  }
  const isSuperseded = ({ body }: Entry): boolean =>
    !isUnique(body) && (body.sequence ?? 0) < (latest.get(quarterOf(body)) ?? 0)
  const superseded = entries.filter(isSuperseded).slice(0, excess)
  const dropped = new Set(superseded)
  const lost = entries
    .filter((entry) => !dropped.has(entry) && !isMark(entry.body))
    .slice(0, Math.max(0, entries.length - superseded.length - MOST_ENTRIES))
  return { superseded: superseded.map(({ id }) => id), lost: lost.map(({ id }) => id) }
}

function quarterOf({ sessionId = '', occurredAt }: HeartbeatBody): string {
  return `${sessionId} ${Math.floor(Date.parse(occurredAt) / QUARTER_MS)}`
}

/**
 * The first entries that fit one request: at least one, whatever its size; all by a clock with one offset.
 * `offset` is that of the others, whose was not known.
 */
export function batchOf(entries: readonly Entry[], most: number, offset?: number): Entry[] {
  let bytes = 0
  const first = entries[0]?.offset ?? offset
  const end = entries.findIndex((entry, index) => {
    bytes += bytesOf(entry.body)
    return index > 0 && (index >= most || bytes > MOST_BYTES || (entry.offset ?? offset) !== first)
  })
  return entries.slice(0, end < 0 ? entries.length : end)
}

/** A heartbeat is ASCII (ids, times, numbers), so its characters are its bytes. */
function bytesOf(body: HeartbeatBody): number {
  return JSON.stringify(body).length + 1
}

/** Whether it says what no later heartbeat repeats: that the end was reached, or a mark by hand. */
function isUnique(body: HeartbeatBody): boolean {
  return body.event === 'ended' || isMark(body)
}

function isMark({ sessionId }: HeartbeatBody): boolean {
  return sessionId === undefined
}
