/** How a team's live events meet the rows on the screen, which the API has searched, filtered and ordered. */
import type { MemberRow } from './types'

/**
 * A changed item shows at once that its member was active. Their figures are sums over all of their
 * items, which the report has a moment later.
 */
export interface Activity {
  readonly userId: string
  readonly lastViewed: string | null
}

/** The rows with the activity; the same array where no row on the screen changes. */
export function withActivity(rows: readonly MemberRow[], change: Activity): readonly MemberRow[] {
  const { userId, lastViewed } = change
  const at = rows.findIndex((row) => row.userId === userId)
  const row = rows[at]
  if (row === undefined || lastViewed === null || !later(lastViewed, row.lastActive)) return rows
  return rows.with(at, { ...row, lastActive: lastViewed })
}

/** The rows with the values of `fresh`, in the order they have: for rows that must not move under a pointer. */
export function patched(rows: readonly MemberRow[], fresh: readonly MemberRow[]): readonly MemberRow[] {
  const byId = new Map(fresh.map((row) => [row.userId, row]))
  return rows.map((row) => newest(byId.get(row.userId) ?? row, row))
}

/** `fresh` as the API returned it, but a last activity never goes back: the stream knew of it first. */
export function replaced(rows: readonly MemberRow[], fresh: readonly MemberRow[]): readonly MemberRow[] {
  const byId = new Map(rows.map((row) => [row.userId, row]))
  return fresh.map((row) => newest(row, byId.get(row.userId)))
}

/** The people of `after` whose values differ from `before`; a person new on the screen has not changed. */
export function changedIn(before: readonly MemberRow[], after: readonly MemberRow[]): readonly string[] {
  const byId = new Map(before.map((row) => [row.userId, JSON.stringify(row)]))
  return after
    .filter((row) => byId.has(row.userId) && byId.get(row.userId) !== JSON.stringify(row))
    .map(({ userId }) => userId)
}

function newest(row: MemberRow, known: MemberRow | undefined): MemberRow {
  const at = known?.lastActive ?? null
  return at !== null && later(at, row.lastActive) ? { ...row, lastActive: at } : row
}

function later(at: string, than: string | null): boolean {
  return than === null || Date.parse(at) > Date.parse(than)
}
