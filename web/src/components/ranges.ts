/** Arithmetic of watched ranges: pairs of seconds, half open. Every function returns new values only. */

/** From and to, in seconds of the medium. */
export type Range = readonly [from: number, to: number]

/** The ranges sorted, within 0 and `duration`, with overlapping and touching ones made one. */
export function normalized(ranges: readonly Range[], duration: number): Range[] {
  const within = ranges
    .map(([from, to]): Range => [Math.max(0, from), Math.min(duration, to)])
    .filter(([from, to]) => from < to)
    .sort(([a], [b]) => a - b)
  const merged: Range[] = []
  for (const range of within) {
    const last = merged.at(-1)
    if (last && range[0] <= last[1]) merged[merged.length - 1] = [last[0], Math.max(last[1], range[1])]
    else merged.push(range)
  }
  return merged
}

/** How much of `duration` the ranges cover: 0–100, rounded down, so that 100 is said of the whole alone. */
export function coverage(ranges: readonly Range[], duration: number): number {
  if (!(duration > 0)) return 0
  const covered = normalized(ranges, duration).reduce((sum, [from, to]) => sum + to - from, 0)
  // Sums of decimals fall short by less than a thousandth of a second; 90 % must not be shown as 89 %.
  return Math.min(100, Math.floor(((covered + 0.0005) / duration) * 100))
}

/** A media element's `played` or `buffered` as ranges. */
export function rangesOf(ranges: Pick<TimeRanges, 'length' | 'start' | 'end'>): Range[] {
  return Array.from(
    { length: ranges.length },
    (_, index) => [ranges.start(index), ranges.end(index)] as const,
  )
}
