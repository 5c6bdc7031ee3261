import { describe, expect, it } from 'vitest'
import { crisp, nearest, scalesOf, ticksOf, type Point } from './scales'

const points = (...values: (number | null)[]): Point[] =>
  values.map((value, place) => ({ tick: String(place), name: String(place), value }))
const frame = { width: 600, height: 240, rtl: false }

describe('scales', () => {
  it('put a line’s first and last points on the edges', () => {
    const scales = scalesOf(frame, 'line', points(1, 2, 3), 40)
    expect(scales.x(0)).toBe(40)
    expect(scales.x(2)).toBe(590)
  })

  it('end steps where the last one ends', () => {
    expect(scalesOf(frame, 'steps', points(1, 2, 3), 40).x(3)).toBe(590)
  })

  it('run from right to left where the page does, with room for labels on the right', () => {
    const scales = scalesOf({ ...frame, rtl: true }, 'line', points(1, 2, 3), 40)
    expect(scales.x(0)).toBe(560)
    expect(scales.x(2)).toBe(10)
    expect(scales.right).toBe(560)
  })

  it('stand on zero and reach over the highest value', () => {
    const scales = scalesOf(frame, 'line', points(3, 97, null), 40)
    expect(scales.y(0)).toBe(scales.bottom)
    expect(scales.y(97)).toBeGreaterThanOrEqual(scales.top)
    expect(scales.levels[0]).toBe(0)
    expect(scales.levels.at(-1)).toBeGreaterThanOrEqual(97)
  })

  it('have few grid lines, and none at half a person', () => {
    for (const highest of [0, 1, 2, 3, 4, 7, 50, 999, 12_345, 1e9]) {
      const { levels } = scalesOf(frame, 'line', points(0, highest), 40)
      expect(levels.length).toBeLessThanOrEqual(6)
      if (highest < 5) expect(levels.every(Number.isInteger)).toBe(true)
    }
  })

  it('keep a top that is known', () => {
    const scales = scalesOf(frame, 'steps', points(10, 20), 40, 100)
    expect(scales.y(100)).toBe(scales.top)
    expect(scales.levels.at(-1)).toBe(100)
  })

  it('bear one point, and none', () => {
    expect(Number.isFinite(scalesOf(frame, 'line', points(5), 40).x(0))).toBe(true)
    expect(Number.isFinite(scalesOf(frame, 'line', [], 40).y(0))).toBe(true)
  })
})

describe('ticks', () => {
  it('end with the latest and have room', () => {
    for (const count of [1, 2, 14, 30, 90, 400]) {
      const ticks = ticksOf(count, 300)
      expect(ticks.at(-1)).toBe(count - 1)
      expect(ticks.length).toBeLessThanOrEqual(4)
    }
  })

  it('are none without points', () => {
    expect(ticksOf(0, 300)).toEqual([])
  })
})

describe('the nearest point', () => {
  it.each([
    ['line', false],
    ['line', true],
    ['steps', false],
    ['steps', true],
  ] as const)('is found back from its own place: %s, right to left %s', (shape, rtl) => {
    const scales = scalesOf({ ...frame, rtl }, shape, points(1, 2, 3, 4, 5), 40)
    for (let place = 0; place < 5; place += 1) {
      const x = scales.x(shape === 'steps' ? place + 0.5 : place)
      expect(nearest(scales, shape, 5, x)).toBe(place)
    }
    expect(nearest(scales, shape, 5, rtl ? 9_999 : -9_999)).toBe(0)
    expect(nearest(scales, shape, 5, rtl ? -9_999 : 9_999)).toBe(4)
  })
})

it('lines of one pixel lie between the pixels’ edges', () => {
  expect(crisp(12.3)).toBe(12.5)
})
