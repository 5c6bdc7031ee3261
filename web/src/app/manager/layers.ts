/** How often each part was watched. Ranges are seconds, half open; each list of them is in order and apart. */
import { normalized, type Range } from '../../components'

export interface Layered {
  /** At least so often. */
  readonly times: number
  readonly segments: readonly Range[]
}

/**
 * What was watched at least 2, 3, … times over all of `viewings`, up to `most` times. What older sessions, kept as
 * sums, watched at least k times comes in as k viewings: `layers` of them are nested, so that the count is the same.
 */
export function rewatched(viewings: readonly (readonly Range[])[], most: number): readonly Layered[] {
  const found: Layered[] = []
  for (let times = 2; times <= most; times += 1) {
    const segments = watchedAtLeast(viewings, times)
    if (segments.length === 0) break
    found.push({ times, segments })
  }
  return found
}

/** The parts that at least `times` of the viewings have. */
export function watchedAtLeast(viewings: readonly (readonly Range[])[], times: number): readonly Range[] {
  const edges = viewings
    .flat()
    .flatMap(([from, to]) => [
      [from, 1],
      [to, -1],
    ])
    .sort(([a = 0, rises = 0], [b = 0, alsoRises = 0]) => a - b || alsoRises - rises)
  const parts: Range[] = []
  let depth = 0
  let began = 0
  for (const [at = 0, change = 0] of edges) {
    if (change > 0 && depth === times - 1) began = at
    if (change < 0 && depth === times) parts.push([began, at])
    depth += change
  }
  return normalized(parts, Number.POSITIVE_INFINITY)
}
