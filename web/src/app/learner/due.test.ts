import { describe, expect, it } from 'vitest'
import type { ListedItem } from '../../api/types'
import { completedLately, dueSoon, overdue } from './due'
import type { Assignment } from './records'

const now = new Date('2026-11-22T12:00:00Z')
const due = (contentId: string, dueAt: string | null, status = 'not_started') =>
  ({ contentId, dueAt, status }) as Assignment
const ids = (rows: readonly { contentId: string }[]) => rows.map((each) => each.contentId)

describe('what presses', () => {
  const assignments = [
    due('later', '2026-12-20T00:00:00Z'),
    due('late', '2026-11-22T11:59:59Z'),
    due('older', '2026-10-01T00:00:00Z', 'in_progress'),
    due('done', '2026-10-01T00:00:00Z', 'completed'),
    due('soon', '2026-11-22T12:00:00Z'),
    due('far', '2026-12-22T12:00:00Z'),
    due('undated', null),
  ]

  it('is overdue once its date has passed, the oldest first', () => {
    expect(ids(overdue(assignments, now))).toEqual(['older', 'late'])
  })

  it('is due soon within thirty days, the nearest first', () => {
    expect(ids(dueSoon(assignments, now))).toEqual(['soon', 'later'])
  })
})

it('lists what is completed, the latest first, without what was reopened', () => {
  const item = (contentId: string, completedAt: string | null, status = 'completed') =>
    ({ contentId, completedAt, status }) as ListedItem
  const items = [
    item('a', '2026-11-01T00:00:00Z'),
    item('b', '2026-11-02T00:00:00Z'),
    item('c', null, 'in_progress'),
    item('d', '2026-11-03T00:00:00Z', 'in_progress'),
  ]
  expect(ids(completedLately(items))).toEqual(['b', 'a'])
})
