import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { intersect, lengthOf, longest, rangesOf, rangesPlayed, subtract, union, type Range } from './ranges'

const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })), {
  maxLength: 12,
})
const sets = spans.map((some) => rangesOf(some))

/** The whole seconds that are covered: the model. */
function cells(ranges: readonly Range[]): Set<number> {
  return new Set(
    ranges.flatMap(([start, end]) => Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i)),
  )
}

describe('ranges', () => {
  it('are sorted and apart, and cover what their spans cover', () => {
    fc.assert(
      fc.property(spans, (some) => {
        const ranges = rangesOf(some)
        expect(cells(ranges)).toEqual(new Set([...cells(some)].sort((one, other) => one - other)))
        ranges.forEach(([start, end], i) => {
          expect(start).toBeLessThan(end)
          expect(start).toBeGreaterThan(ranges[i - 1]?.[1] ?? -1)
        })
        expect(lengthOf(ranges)).toBe(cells(ranges).size)
      }),
    )
  })

  it('unite, subtract and intersect as sets of points do', () => {
    fc.assert(
      fc.property(sets, sets, (one, other) => {
        const [mine, theirs] = [cells(one), cells(other)]
        const points = (keep: (cell: number) => boolean): Set<number> =>
          new Set(Array.from({ length: 60 }, (_, cell) => cell).filter(keep))
        expect(cells(union(one, other))).toEqual(points((cell) => mine.has(cell) || theirs.has(cell)))
        expect(cells(subtract(one, other))).toEqual(points((cell) => mine.has(cell) && !theirs.has(cell)))
        expect(cells(intersect(one, other))).toEqual(points((cell) => mine.has(cell) && theirs.has(cell)))
      }),
    )
  })

  it('leave out what no media time is', () => {
    expect(
      rangesOf([
        [0, Infinity],
        [NaN, 3],
        [5, 5],
        [7, 6],
        [1, 2],
      ]),
    ).toEqual([[1, 2]])
  })

  it('keep the longest where there are too many', () => {
    expect(
      longest(
        [
          [0, 1],
          [2, 9],
          [10, 14],
        ],
        2,
      ),
    ).toEqual([
      [2, 9],
      [10, 14],
    ])
  })

  it('read the ranges of an element, or that it has none', () => {
    const played = { length: 2, start: (i: number) => [0, 5][i] ?? 0, end: (i: number) => [5, 8][i] ?? 0 }
    expect(rangesPlayed(played)).toEqual([[0, 8]])
    expect(rangesPlayed(undefined)).toBeNull()
  })
})
