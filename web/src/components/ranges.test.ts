import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coverage, normalized, rangesOf, type Range } from './ranges'

const second = fc.double({ min: -50, max: 250, noNaN: true })
const ranges = fc.array(fc.tuple(second, second), { maxLength: 12 })
const duration = fc.double({ min: 1, max: 200, noNaN: true })
const length = (some: readonly Range[]) => some.reduce((sum, [from, to]) => sum + to - from, 0)

describe('ranges', () => {
  it('come out sorted, apart and within the medium, whatever goes in', () => {
    fc.assert(
      fc.property(ranges, duration, (some, end) => {
        const result = normalized(some, end)
        for (const [index, [from, to]] of result.entries()) {
          expect(from).toBeLessThan(to)
          expect(from).toBeGreaterThanOrEqual(0)
          expect(to).toBeLessThanOrEqual(end)
          expect(from).toBeGreaterThan(result[index - 1]?.[1] ?? -1)
        }
        expect(normalized(result, end)).toEqual(result)
      }),
    )
  })

  it('are one where they touch, as half open ones do', () => {
    expect(
      normalized(
        [
          [5, 9],
          [0, 5],
        ],
        10,
      ),
    ).toEqual([[0, 9]])
  })

  it('hold a second exactly when one that went in did', () => {
    fc.assert(
      fc.property(ranges, duration, second, (some, end, at) => {
        const has = (list: readonly Range[]) => list.some(([from, to]) => from <= at && at < to)
        expect(has(normalized(some, end))).toBe(at >= 0 && at < end && has(some))
      }),
    )
  })

  it('cover 100 % of the whole alone, and never more', () => {
    fc.assert(
      fc.property(ranges, duration, (some, end) => {
        const share = coverage(some, end)
        expect(share).toBeGreaterThanOrEqual(0)
        expect(share).toBeLessThanOrEqual(100)
        if (share === 100) expect(length(normalized(some, end))).toBeGreaterThan(end - 0.001)
      }),
    )
    expect(
      coverage(
        [
          [0, 0.1],
          [0.1, 0.3],
          [0.5, 0.6],
        ],
        0.6,
      ),
    ).toBe(66)
    expect(coverage([[0, 54]], 60)).toBe(90)
    expect(coverage([[0, 10]], 0)).toBe(0)
    expect(coverage([[0, 10]], Number.NaN)).toBe(0)
  })

  it('are read off a media element', () => {
    const played = { length: 2, start: (i: number) => i * 10, end: (i: number) => i * 10 + 5 }
    expect(rangesOf(played)).toEqual([
      [0, 5],
      [10, 15],
    ])
  })
})
