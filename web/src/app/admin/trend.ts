/** An organisation's days as the points of a chart. Pure. */
import type { DayFigures } from '../../api/types'
import type { Formats } from '../../strings'
import type { ChartTable } from './charts/series'
import { dayNames } from '../ui/day-names'
import type { Point } from './charts/scales'

export const measures = ['people', 'completed', 'watchHours'] as const
export type Measure = (typeof measures)[number]

export const ranges = ['14', '30', '90'] as const

/** The value of a day: watch hours, people or items. */
export function measured(day: DayFigures, measure: Measure): number {
  return measure === 'watchHours' ? day.watchTimeSeconds / 3_600 : day[measure]
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

/**
 * A day that lies before the latest `days` ones in every time zone, `2026-11-08`: which day it is for the organisation,
 * the answer says.
 */
export function firstDay(days: number, now: Date): string {
  return new Date(now.getTime() - (days + 1) * 86_400_000).toISOString().slice(0, 10)
}
