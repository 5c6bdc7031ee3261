/** Sets of half-open spans of media time, in seconds: sorted, apart, never empty. Every function returns a new value. */

/** `[start, end)` in seconds. */
export type Range = readonly [start: number, end: number]
/** A normalised set: as only the functions of this module make it. */
export type Ranges = readonly Range[]

/** What is used of the DOM's `TimeRanges`. */
export interface TimeRangesLike {
  readonly length: number
  start(index: number): number
  end(index: number): number
}

export const NOTHING: Ranges = []

/** The union of spans in any order; empty, backward and non-finite ones vanish. */
export function rangesOf(spans: Iterable<Range>): Ranges {
  const sorted = [...spans]
    .filter(([start, end]) => start < end && Number.isFinite(start) && Number.isFinite(end))
    .sort((one, other) => one[0] - other[0])
  const kept: [number, number][] = []
  for (const [start, end] of sorted) {
    const last = kept.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else kept.push([start, end])
  }
  return kept
}

/** A media element's `played`; null where the element has none, as some custom elements. */
export function rangesPlayed(played: TimeRangesLike | null | undefined): Ranges | null {
  if (!played) return null
  return rangesOf(Array.from({ length: played.length }, (_, i): Range => [played.start(i), played.end(i)]))
}

export function union(one: Ranges, other: Ranges): Ranges {
  if (!other.length) return one
  return one.length ? rangesOf([...one, ...other]) : other
}

/** What is in `one` and not in `other`. */
export function subtract(one: Ranges, other: Ranges): Ranges {
  if (!other.length) return one
  return one.flatMap((range) => {
    const left: Range[] = []
    let from = range[0]
    for (const [start, end] of other) {
      if (start > from) left.push([from, Math.min(start, range[1])])
      from = Math.max(from, end)
      if (from >= range[1]) break
    }
    if (from < range[1]) left.push([from, range[1]])
    return left.filter(([start, end]) => start < end)
  })
}

export function intersect(one: Ranges, other: Ranges): Ranges {
  return subtract(one, subtract(one, other))
}

/** Seconds covered. */
export function lengthOf(ranges: Ranges): number {
  return ranges.reduce((sum, [start, end]) => sum + end - start, 0)
}

/** The longest `count` spans, in order of time. */
export function longest(ranges: Ranges, count: number): Ranges {
  if (ranges.length <= count) return ranges
  const kept = [...ranges].sort((one, other) => other[1] - other[0] - (one[1] - one[0])).slice(0, count)
  return rangesOf(kept)
}
