import { expect, it } from 'vitest'
import { rateOf, sampled, sizeIn, type Sample } from './rate'

it('is unknown after one sample, and within too short a time', () => {
  expect(rateOf([])).toBeNull()
  expect(rateOf([{ at: 0, bytes: 10 }])).toBeNull()
  expect(
    rateOf([
      { at: 0, bytes: 0 },
      { at: 200, bytes: 10 },
    ]),
  ).toBeNull()
})

it('is bytes a second', () => {
  expect(
    rateOf([
      { at: 0, bytes: 0 },
      { at: 500, bytes: 1_000 },
    ]),
  ).toBe(2_000)
})

it('forgets what is older than the last seconds', () => {
  let samples: readonly Sample[] = []
  // a fast beginning, then 10 bytes a second
  for (let second = 0; second <= 10; second += 1) {
    samples = sampled(samples, { at: second * 1_000, bytes: 1e6 + (second === 0 ? -1e6 : second * 10) })
  }
  expect(rateOf(samples)).toBe(10)
  expect(samples.length).toBeLessThanOrEqual(5)
})

it.each([
  [999, 999, 'byte'],
  [1_500, 1.5, 'kilobyte'],
  [2.5e6, 2.5, 'megabyte'],
  [3e9, 3, 'gigabyte'],
] as const)('%d bytes in their unit', (bytes, value, unit) => {
  expect(sizeIn(bytes)).toEqual([value, unit])
})
