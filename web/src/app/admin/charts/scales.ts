/** The geometry of a chart. Pure: sizes in CSS pixels in, coordinates out. */
import { scaleLinear } from 'd3-scale'

export interface Point {
  /** Beneath the axis, short. */
  readonly tick: string
  /** In the read-out and the table, whole. */
  readonly name: string
  /** Null if there is no value: nothing is drawn. */
  readonly value: number | null
}

/** Points stand on their places (`line`) or fill the space up to the next (`steps`). */
export type Shape = 'line' | 'steps'

export interface Frame {
  readonly width: number
  readonly height: number
  /** Whether the axis runs from right to left. */
  readonly rtl: boolean
}

export interface Scales {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  /** The position of a place: 0 is the first point, or the near edge of the first bar. */
  readonly x: (place: number) => number
  readonly y: (value: number) => number
  /** The values of the grid lines: three or four. */
  readonly levels: readonly number[]
}

const TOP = 12
const FOOT = 26
const EDGE = 10

/** `labels` is the width of the values beside the axis; `top` the highest value, if known. */
export function scalesOf(
  frame: Frame,
  shape: Shape,
  points: readonly Point[],
  labels: number,
  top?: number,
): Scales {
  const [left, right] = frame.rtl ? [EDGE, frame.width - labels] : [labels, frame.width - EDGE]
  const bottom = frame.height - FOOT
  const places = shape === 'steps' ? points.length : points.length - 1
  const x = scaleLinear()
    .domain([0, Math.max(1, places)])
    .range(frame.rtl ? [right, left] : [left, right])
  const highest = top ?? Math.max(1, ...points.map(({ value }) => value ?? 0))
  const y = scaleLinear().domain([0, highest]).range([bottom, TOP])
  if (top === undefined) y.nice(4)
  const levels = y.ticks(4).filter((level) => top !== undefined || highest >= 5 || Number.isInteger(level))
  return { left, right, top: TOP, bottom, x, y, levels }
}

/** Which points have a tick: as many as have room, evenly apart, and counted from the last, which is the latest. */
export function ticksOf(count: number, width: number, room = 72): readonly number[] {
  if (count === 0) return []
  const step = Math.max(1, Math.ceil(count / Math.max(2, Math.floor(width / room))))
  const places = Array.from({ length: count }, (_, place) => place)
  return places.filter((place) => (count - 1 - place) % step === 0)
}

/** The point nearest to `x`. */
export function nearest(scales: Scales, shape: Shape, count: number, x: number): number {
  const span = scales.x(1) - scales.x(0)
  const place = (x - scales.x(0)) / span
  const index = shape === 'steps' ? Math.floor(place) : Math.round(place)
  return Math.min(count - 1, Math.max(0, index))
}

/** Half a pixel off the grid is where a line of one pixel is sharp. */
export function crisp(coordinate: number): number {
  return Math.round(coordinate) + 0.5
}
