import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addressOfSpan, byDay, localDay, midnightOf, momentsOf, spanIn } from './days'
import { dayName, timeSpan } from './times'

const zone = process.env['TZ']
beforeEach(() => {
  process.env['TZ'] = 'America/New_York' // five hours behind UTC in winter, four in summer
})
afterEach(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

const at = (startedAt: string) => ({ startedAt })

describe('days of the local calendar', () => {
  it('groups by them, in the order that entries come', () => {
    const entries = [at('2026-11-22T04:59:00Z'), at('2026-11-22T05:01:00Z'), at('2026-11-21T12:00:00Z')].sort(
      (a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt),
    )
    expect(byDay(entries)).toEqual([
      { day: '2026-11-22', entries: [at('2026-11-22T05:01:00Z')] },
      { day: '2026-11-21', entries: [at('2026-11-22T04:59:00Z'), at('2026-11-21T12:00:00Z')] },
    ])
    expect(byDay([])).toEqual([])
  })

  it('has midnights where the clock is put forward, and none for what is no day', () => {
    expect(midnightOf('2026-03-08')?.toISOString()).toBe('2026-03-08T05:00:00.000Z')
    expect(midnightOf('2026-03-08', 1)?.toISOString()).toBe('2026-03-09T04:00:00.000Z')
    expect(midnightOf('2026-12-31', 1)?.toISOString()).toBe('2027-01-01T05:00:00.000Z')
    expect(midnightOf('')).toBeNull()
    expect(midnightOf('2026-1-1')).toBeNull()
  })

  it('asks from the first midnight until the one after the last day', () => {
    expect(momentsOf({ from: '2026-11-01', to: '2026-11-02' })).toEqual({
      from: '2026-11-01T04:00:00.000Z',
      to: '2026-11-03T05:00:00.000Z', // summer time ended on the first
    })
    expect(momentsOf({ from: '', to: '' })).toEqual({})
  })

  it('lives in the address', () => {
    const span = { from: '2026-11-01', to: '' }
    expect(spanIn(addressOfSpan(span))).toEqual(span)
    expect(spanIn('?from=yesterday&to=2026-11-02')).toEqual({ from: '', to: '2026-11-02' })
    expect(addressOfSpan({ from: '', to: '' })).toBe('')
  })

  it('says today, yesterday, and else the date', () => {
    const t = { today: 'Today', yesterday: 'Yesterday' }
    const now = new Date('2026-11-22T04:30:00Z') // still the 21st here
    expect(localDay(now)).toBe('2026-11-21')
    expect(dayName('2026-11-21', now, t, 'en')).toBe('Today')
    expect(dayName('2026-11-20', now, t, 'en')).toBe('Yesterday')
    // ICU's versions differ about the comma
    expect(dayName('2026-11-19', now, t, 'en').replace(',', '')).toBe('Thursday 19 November 2026')
    expect(timeSpan('2026-11-22T15:05:00Z', '2026-11-22T15:25:00Z', 'en').replaceAll(/\s/gu, '')).toBe(
      '10:05–10:25',
    )
  })
})
