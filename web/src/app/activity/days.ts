/** A person's days as the bars of a chart. Pure. */

export interface DayOfPerson {
  /** `2026-11-22`. */
  readonly day: string
  readonly watchTimeSeconds: number
}

/** Every day from the first to the last, in order; those without watch time too. */
export function everyDay(days: readonly DayOfPerson[], firstDay: string, lastDay: string): DayOfPerson[] {
  const spent = new Map(days.map(({ day, watchTimeSeconds }) => [day, watchTimeSeconds]))
  const every: DayOfPerson[] = []
  const at = new Date(`${firstDay}T00:00:00Z`)
  const last = new Date(`${lastDay}T00:00:00Z`)
  for (; at <= last; at.setUTCDate(at.getUTCDate() + 1)) {
    const day = at.toISOString().slice(0, 10)
    every.push({ day, watchTimeSeconds: spent.get(day) ?? 0 })
  }
  return every
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const TOPS = [10, 20, 30, 60, 120, 240, 360, 480, 720, 960, 1_440].map((minutes) => minutes * MINUTE)

/** The top of the axis, in seconds: half of it is a round length of time as well. */
export function topOf(days: readonly DayOfPerson[]): number {
  const most = Math.max(0, ...days.map(({ watchTimeSeconds }) => watchTimeSeconds))
  return TOPS.find((top) => top >= most) ?? 26 * HOUR
}

/** The places of days that are named beneath the axis: each seventh, counted from the last. */
export function named(count: number): number[] {
  return Array.from({ length: count }, (_, place) => place).filter((place) => (count - 1 - place) % 7 === 0)
}
