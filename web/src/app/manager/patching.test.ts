import { describe, expect, it } from 'vitest'
import { changedIn, patched, replaced, withActivity } from './patching'
import type { MemberRow } from './types'

const row = (userId: string, more: Partial<MemberRow> = {}): MemberRow => ({
  userId,
  name: userId,
  email: null,
  progress: 50,
  items: 2,
  completedItems: 1,
  inProgressItems: 1,
  notStartedItems: 0,
  optionalItems: 0,
  optionalCompletedItems: 0,
  optionalInProgressItems: 0,
  requiredCompleted: 1,
  required: 2,
  overdue: 0,
  lastActive: '2026-11-22T10:00:00.000Z',
  watchTimeSeconds: 60,
  needsSupport: false,
  reasons: [],
  ...more,
})
const ids = (rows: readonly MemberRow[]) => rows.map(({ userId }) => userId)

describe('a change of an item', () => {
  const rows = [row('ada'), row('bob', { lastActive: null })]

  it('is activity of its member at once', () => {
    const after = withActivity(rows, { userId: 'bob', lastViewed: '2026-11-22T11:00:00.000Z' })
    expect(after[1]?.lastActive).toBe('2026-11-22T11:00:00.000Z')
    expect(after[0]).toBe(rows[0])
  })

  it('never takes activity back: events of an item kept offline come late', () => {
    expect(withActivity(rows, { userId: 'ada', lastViewed: '2026-11-01T00:00:00.000Z' })).toBe(rows)
  })

  it('compares moments, not texts', () => {
    expect(withActivity(rows, { userId: 'ada', lastViewed: '2026-11-22T10:30:00+01:00' })).toBe(rows)
  })

  it('of a person who is not on the screen changes nothing', () => {
    expect(withActivity(rows, { userId: 'eve', lastViewed: '2026-11-22T11:00:00.000Z' })).toBe(rows)
    expect(withActivity(rows, { userId: 'ada', lastViewed: null })).toBe(rows)
  })
})

describe('rows that are reloaded', () => {
  const shown = [row('ada'), row('bob'), row('cid')]
  const fresh = [row('cid', { progress: 90 }), row('dan'), row('ada')]

  it('take the order and the rows of the API', () => {
    expect(ids(replaced(shown, fresh))).toEqual(['cid', 'dan', 'ada'])
  })

  it('keep their places while they are held, with the new values', () => {
    const after = patched(shown, fresh)
    expect(ids(after)).toEqual(['ada', 'bob', 'cid'])
    expect(after[2]?.progress).toBe(90)
  })

  it('keep the activity that the stream reported before the report did', () => {
    const live = [row('ada', { lastActive: '2026-11-22T12:00:00.000Z' })]
    expect(replaced(live, [row('ada')])[0]?.lastActive).toBe('2026-11-22T12:00:00.000Z')
    expect(patched(live, [row('ada')])[0]?.lastActive).toBe('2026-11-22T12:00:00.000Z')
  })

  it('take a later activity of the report', () => {
    const later = row('ada', { lastActive: '2026-11-22T12:00:00.000Z' })
    expect(replaced(shown, [later])[0]).toBe(later)
  })

  it('have changed where a value has; who is new on the screen has not', () => {
    expect(changedIn(shown, fresh)).toEqual(['cid'])
    expect(changedIn(shown, shown)).toEqual([])
  })
})
