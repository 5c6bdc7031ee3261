/** An item's drop-off curve as the points of a chart. Pure. */
import type { Slice } from '../../api/types'
import type { Formats } from '../../strings'
import type { Point } from './charts/scales'
import type { ChartTable } from './charts/series'
import { percentOf } from './figures'

/** Every quarter of the item has a tick. */
const TICK_PERCENT = 25

export function dropOffPoints(
  slices: readonly Slice[],
  percent: (value: number) => string,
  fromTo: (from: string, to: string) => string,
): readonly Point[] {
  return slices.map(({ fromPercent, toPercent, share }) => ({
    tick: fromPercent % TICK_PERCENT === 0 ? percent(fromPercent) : '',
    name: fromTo(percent(fromPercent), percent(toPercent)),
    value: share,
  }))
}

export function dropOffTable(
  slices: readonly Slice[],
  t: {
    readonly part: string
    readonly viewers: string
    readonly share: string
    readonly fromTo: (from: string, to: string) => string
  },
  format: Formats,
): ChartTable {
  return {
    head: [t.part, t.viewers, t.share],
    rows: slices.map(({ fromPercent, toPercent, viewers, share }) => [
      t.fromTo(format.percent(fromPercent), format.percent(toPercent)),
      format.number(viewers),
      percentOf(format, share),
    ]),
  }
}
