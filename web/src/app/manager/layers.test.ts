import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalized, type Range } from '../../components'
import { rewatched, watchedAtLeast } from './layers'

const viewing = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 })), { maxLength: 5 })
  .map((pairs) =>
    normalized(
      pairs.map(([a, b]): Range => [Math.min(a, b), Math.max(a, b)]),
      30,
    ),
  )

describe('what was watched again', () => {
  it('lists each number of times, up to the highest there is', () => {
    const viewings: Range[][] = [[[0, 10]], [[5, 15]], [[8, 9]]]
    expect(rewatched(viewings, 5)).toEqual([
      { times: 2, segments: [[5, 10]] },
      { times: 3, segments: [[8, 9]] },
    ])
  })

  it('is nothing where viewings only touch', () => {
    expect(rewatched([[[0, 10]], [[10, 20]]], 5)).toEqual([])
  })

  it('is, of any viewings, every second that so many of them have', () => {
    fc.assert(
      fc.property(fc.array(viewing, { maxLength: 5 }), fc.integer({ min: 1, max: 6 }), (viewings, times) => {
        const parts = watchedAtLeast(viewings, times)
        expect(parts).toEqual(normalized(parts, 30))
        for (let second = 0; second < 30; second += 1) {
          const has = (ranges: readonly Range[]) => ranges.some(([from, to]) => from <= second && second < to)
          expect(has(parts)).toBe(viewings.filter(has).length >= times)
        }
      }),
    )
  })
})
