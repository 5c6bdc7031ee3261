// @vitest-environment node
/** The device's clock: measured by answers, remembered, and set while the page is open. */

import { beforeEach, describe, expect, it, vi } from 'vitest'

import { DeviceClock } from './clock'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const TRUE = Date.parse('2026-11-26T10:00:00Z')

let elapsed = 0
let ahead = 0
let stored: Map<string, string>

beforeEach(() => {
  elapsed = 0
  ahead = 0
  stored = new Map()
  vi.spyOn(performance, 'now').mockImplementation(() => elapsed)
  vi.spyOn(Date, 'now').mockImplementation(() => TRUE + elapsed + ahead)
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  })
})

/** A request that takes so long, of which so much until the server has it. */
function request(clock: DeviceClock, roundTrip = 40, until = roundTrip / 2): void {
  const sentAt = clock.now()
  const serverTime = new Date(TRUE + elapsed + until).toISOString()
  elapsed += roundTrip
  clock.answered(sentAt, serverTime)
}

describe('the offset', () => {
  it.each([
    [10 * 60_000, 600],
    [3 * DAY, 259_200],
    [-10 * 60_000, -600],
    [-TRUE, -TRUE / 1000],
    [0, 0],
  ])('of a clock %i ms ahead is %i s', (ms, seconds) => {
    ahead = ms
    const clock = new DeviceClock('a')
    expect(clock.offsetSeconds).toBeUndefined()
    request(clock)
    expect(clock.offsetSeconds).toBeCloseTo(seconds, 6)
  })

  it('is that of the shortest round trip', () => {
    const clock = new DeviceClock('a')
    request(clock, 8_000, 7_900)
    expect(clock.offsetSeconds).toBe(-4)
    request(clock, 100, 90)
    expect(clock.offsetSeconds).toBeCloseTo(0, 6)
    request(clock, 6_000, 0)
    expect(clock.offsetSeconds).toBeCloseTo(0, 6)
  })

  it('is not measured by an answer without time, or one that took too long', () => {
    const clock = new DeviceClock('a')
    clock.answered(clock.now(), undefined)
    clock.answered(clock.now(), 'soon')
    request(clock, 20_000)
    expect(clock.offsetSeconds).toBeUndefined()
  })

  it('is remembered for the next page, which relies on it only where the time of sending does not do', () => {
    ahead = -10 * 60_000
    request(new DeviceClock('a'))
    expect(new DeviceClock('a').offsetSeconds).toBe(-600)
    expect(new DeviceClock('a').measuredSeconds).toBeUndefined()
    expect(new DeviceClock('another').offsetSeconds).toBeUndefined()
    for (const ms of [10 * 60_000, -2 * DAY]) {
      ahead = ms
      request(new DeviceClock('a'))
      expect(new DeviceClock('a').offsetSeconds).toBeUndefined()
    }
  })

  it('is measured where storage is switched off, too', () => {
    vi.stubGlobal('localStorage', undefined)
    ahead = HOUR
    const clock = new DeviceClock('a')
    request(clock)
    expect(clock.offsetSeconds).toBe(3_600)
  })
})

describe('a clock that is set', () => {
  it('back goes on as it began', () => {
    const clock = new DeviceClock('a')
    request(clock)
    ahead = -3 * HOUR
    expect(clock.now()).toBe(TRUE + elapsed)
    request(clock)
    expect(clock.offsetSeconds).toBeCloseTo(0, 6)
    expect(new DeviceClock('a').offsetSeconds).toBe(-3 * 3_600)
  })

  it('forward goes on as it began from the next answer on', () => {
    const clock = new DeviceClock('a')
    request(clock)
    ahead = 3 * DAY
    expect(clock.now()).toBe(TRUE + elapsed + 3 * DAY)
    request(clock)
    expect(clock.now()).toBe(TRUE + elapsed)
    expect(clock.offsetSeconds).toBeCloseTo(0, 6)
  })

  it('is not what a device shows that slept', () => {
    const clock = new DeviceClock('a')
    request(clock)
    const before = clock.now()
    vi.spyOn(Date, 'now').mockImplementation(() => TRUE + 8 * HOUR + elapsed)
    vi.spyOn(performance, 'now').mockImplementation(() => elapsed)
    expect(clock.now() - before).toBe(8 * HOUR)
    const sentAt = clock.now()
    elapsed += 40
    clock.answered(sentAt, new Date(TRUE + 8 * HOUR + elapsed - 20).toISOString())
    expect(clock.offsetSeconds).toBeCloseTo(0, 6)
    expect(clock.now()).toBe(TRUE + 8 * HOUR + elapsed)
  })
})
