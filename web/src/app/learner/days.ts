/** Days of the reader's own time zone: grouping by them, and the moments between which they lie. */

/** A day and what happened on it, in the order that it came. */
export interface Day<Entry> {
  /** `2026-11-22`, by the local calendar. */
  readonly day: string
  readonly entries: readonly Entry[]
}

/** Entries, newest first, by the local day that `startedAt` falls on. */
export function byDay<Entry extends { readonly startedAt: string }>(entries: readonly Entry[]): Day<Entry>[] {
  const days = new Map<string, Entry[]>()
  for (const entry of entries) {
    const day = localDay(new Date(entry.startedAt))
    const there = days.get(day)
    if (there === undefined) days.set(day, [entry])
    else there.push(entry)
  }
  return [...days].map(([day, of]) => ({ day, entries: of }))
}

/** `2026-11-22` of the local calendar. */
export function localDay(moment: Date): string {
  const [month, day] = [moment.getMonth() + 1, moment.getDate()].map((each) => String(each).padStart(2, '0'))
  return `${String(moment.getFullYear()).padStart(4, '0')}-${month}-${day}`
}

/** The local midnight that a day begins with, `days` later; null for what is no day (a field half filled in). */
export function midnightOf(day: string, days = 0): Date | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/u.exec(day)
  if (match === null) return null
  const [year, month, date] = match.slice(1).map(Number) as [number, number, number]
  const moment = new Date(year, month - 1, date + days)
  return Number.isNaN(moment.getTime()) ? null : moment
}

/** Which days are asked for, both included; '' for no bound. They live in the address. */
export interface Span {
  readonly from: string
  readonly to: string
}

/** The span as the API takes it: from the first midnight on, until before the one after the last day. */
export function momentsOf({ from, to }: Span): { from?: string; to?: string } {
  const first = midnightOf(from)?.toISOString()
  const end = midnightOf(to, 1)?.toISOString()
  return { ...(first !== undefined && { from: first }), ...(end !== undefined && { to: end }) }
}

export function spanIn(search: string): Span {
  const asked = new URLSearchParams(search)
  const day = (name: string): string => {
    const value = asked.get(name) ?? ''
    return midnightOf(value) === null ? '' : value
  }
  return { from: day('from'), to: day('to') }
}

/** The address' query for a span: '' or `?…`. */
export function addressOfSpan({ from, to }: Span): string {
  const asked = new URLSearchParams()
  if (from !== '') asked.set('from', from)
  if (to !== '') asked.set('to', to)
  return asked.size === 0 ? '' : `?${asked.toString()}`
}
