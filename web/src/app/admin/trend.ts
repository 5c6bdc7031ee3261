/** An organisation's days as the points of a chart. Pure. */
import type { DayFigures } from '../../api/types'
import type { Formats } from '../../strings'
import type { ChartTable } from './charts/series'
import type { Point } from './charts/scales'

export const measures = ['people', 'completed', 'watchHours'] as const
export type Measure = (typeof measures)[number]

export const ranges = ['14', '30', '90'] as const

/** The value of a day: watch hours, people or items. */
export function measured(day: DayFigures, measure: Measure): number {
  return measure === 'watchHours' ? day.watchTimeSeconds / 3_600 : day[measure]
}

/** A UTC day as a language writes it: read as local midnight, it would be the day before west of Greenwich. */
export function dayNames(lang: string): { tick: (day: string) => string; name: (day: string) => string } {
  // a plain "en" is written in British words, here as everywhere
  const tag = lang === 'en' || lang === '' ? 'en-GB' : lang
  const tick = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', timeZone: 'UTC' })
  const name = new Intl.DateTimeFormat(tag, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  })
  return {
    tick: (day) => tick.format(new Date(`${day}T00:00:00Z`)),
    name: (day) => name.format(new Date(`${day}T00:00:00Z`)),
  }
}

export function pointsOf(days: readonly DayFigures[], measure: Measure, lang: string): readonly Point[] {
  const { tick, name } = dayNames(lang)
  return days.map((each) => ({
    tick: tick(each.day),
    name: name(each.day),
    value: measured(each, measure),
  }))
}

/** All measures of all days, the latest first. */
export function tableOf(
  days: readonly DayFigures[],
  head: readonly string[],
  format: Formats,
  lang: string,
): ChartTable {
  const { name } = dayNames(lang)
  const rows = days.map((day) => [
    name(day.day),
    ...measures.map((measure) => format.number(measured(day, measure))),
  ])
  return { head, rows: rows.reverse() }
}

/** The first of so many days that end with today, in UTC: `2026-11-09`. */
export function firstDay(days: number, now: Date): string {
  return new Date(now.getTime() - (days - 1) * 86_400_000).toISOString().slice(0, 10)
}
