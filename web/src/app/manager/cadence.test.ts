import { describe, expect, it } from 'vitest'
import { EVERY, FIRST, nextLoad, SETTLED } from './cadence'

describe('the pace of reloading', () => {
  it('rests while nothing changes', () => {
    expect(nextLoad(null, 0, 10_000)).toBeNull()
  })

  it('waits a moment after a change, for the store to have it', () => {
    expect(nextLoad(10_000, 0, 10_000)).toBe(10_000 + FIRST)
  })

  it('is no faster than so often, however much changes', () => {
    expect(nextLoad(10_100, 10_000, 10_100)).toBe(10_000 + EVERY)
  })

  it('loads once more after the last change, and then rests', () => {
    const loads: number[] = []
    let loaded = 0
    const changed = 10_000
    for (let at = nextLoad(changed, loaded, changed); at !== null; at = nextLoad(changed, loaded, at)) {
      loads.push(at)
      loaded = at
    }
    expect(loads.length).toBeLessThanOrEqual(3)
    expect(loads.at(-1)).toBeGreaterThanOrEqual(changed + SETTLED)
    // with a load of half a second, the change is on the screen within 5 s of being made
    expect(loads.at(-1)).toBeLessThan(changed + 4_500)
  })
})
