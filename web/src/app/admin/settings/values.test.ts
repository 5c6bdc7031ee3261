import { describe, expect, it } from 'vitest'
import { bodyOf, consequences, typedOf, zones, type Settings } from './values'

const VALUES = {
  timeZone: 'UTC',
  completionThreshold: 0.9,
  evidence: 'any',
  countHidden: true,
  inactiveDays: 14,
  behindPoints: 25,
  behindMinimumTeam: 5,
  newcomerDays: 14,
} as const
const UNSET: Settings = {
  ...VALUES,
  unset: [
    'timeZone',
    'completionThreshold',
    'evidence',
    'countHidden',
    'inactiveDays',
    'behindPoints',
    'behindMinimumTeam',
    'newcomerDays',
  ],
  defaults: VALUES,
  updatedAt: null,
  daysTimeZone: 'UTC',
  recountingDays: false,
}

describe('the form of the settings', () => {
  it('leaves what is not set empty, and sends it as null', () => {
    expect(new Set(Object.values(typedOf(UNSET)))).toEqual(new Set(['']))
    expect(new Set(Object.values(bodyOf(typedOf(UNSET))))).toEqual(new Set([null]))
  })

  it('shows a share in per cent and sends it in thousandths', () => {
    const typed = typedOf({ ...UNSET, completionThreshold: 0.875, countHidden: false, unset: [] })
    expect([typed.completionThreshold, typed.countHidden]).toEqual(['87.5', 'false'])
    expect(bodyOf(typed)).toMatchObject({ completionThreshold: 0.875, countHidden: false, timeZone: 'UTC' })
  })

  it('says what a change sets off', () => {
    const before = typedOf(UNSET)
    expect(consequences(before, before)).toEqual([])
    expect(consequences(before, { ...before, timeZone: 'Asia/Tokyo', inactiveDays: '3' })).toEqual([
      'zoneChanges',
      'numberChanges',
    ])
    expect(consequences(before, { ...before, evidence: 'watched' })).toEqual(['policyChanges'])
  })

  it('offers the zone that is chosen, though the browser may not name it', () => {
    expect(zones('Asia/Calcutta').slice(0, 2)).toEqual(['UTC', 'Asia/Calcutta'])
  })
})
