import { describe, expect, it } from 'vitest'
import type { ListedItem } from '../../api/types'
import { addressOf, choiceIn, chosen, counts, isOverdue, joined, statusOf, type Choice } from './cards'
import { byContent } from './loading'
import type { Assignment, CatalogueRow } from './records'

const now = new Date('2026-11-22T12:00:00Z')
const all: Choice = { filter: 'all', kind: null, order: 'suggested', search: '' }

const item = (contentId: string, title: string, type = 'video'): CatalogueRow => ({
  contentId,
  title,
  type,
  durationSeconds: 60,
  thumbnailUrl: null,
  mediaUrl: null,
  parts: [],
  archived: false,
})
const progress = (contentId: string, status: ListedItem['status'], lastViewed: string) =>
  ({ contentId, status, lastViewed, progress: 50 }) as ListedItem
const required = (contentId: string, dueAt: string | null) => ({ contentId, dueAt }) as Assignment

const catalogue = [
  item('a', 'Anti-bribery'),
  item('b', 'Über Sicherheit', 'document'),
  item('c', 'Code review'),
  item('d', 'Data', 'course'),
  item('e', 'Ergonomics'),
]
const watched = byContent([
  progress('a', 'completed', '2026-11-20T00:00:00Z'),
  progress('c', 'in_progress', '2026-11-21T00:00:00Z'),
])
const assignments = [
  required('a', '2026-01-01T00:00:00Z'),
  required('e', '2026-11-01T00:00:00Z'),
  required('d', null),
]
const cards = joined(catalogue, watched, assignments)
const ids = (choice: Partial<Choice>) =>
  chosen(cards, { ...all, ...choice }).map((card) => card.item.contentId)

describe('the library joined', () => {
  it('has every item of the catalogue once, with what is known of it', () => {
    expect(cards.map(statusOf)).toEqual([
      'completed',
      'not_started',
      'in_progress',
      'not_started',
      'not_started',
    ])
    expect(cards.map((card) => card.assignment !== null)).toEqual([true, false, false, true, true])
  })

  it('calls overdue what is required, past its date and not completed', () => {
    const late = (among: typeof cards) =>
      among
        .filter((card) => isOverdue(card.assignment, statusOf(card) === 'completed', now))
        .map((card) => card.item.contentId)
    expect(late(cards)).toEqual(['e'])
    const doneSince = joined(
      catalogue,
      byContent([progress('e', 'completed', '2026-11-22T11:59:00Z')]),
      assignments,
    )
    expect(late(doneSince)).toEqual(['a'])
  })
})

describe('the choice', () => {
  it('puts what is required and open first by its date, then by title', () => {
    expect(ids({})).toEqual(['e', 'd', 'a', 'b', 'c'])
    expect(ids({ order: 'title' })).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(ids({ order: 'recent' })).toEqual(['c', 'a', 'b', 'd', 'e'])
  })

  it.each([
    [{ filter: 'required' }, ['e', 'd', 'a']],
    [{ filter: 'in_progress' }, ['c']],
    [{ filter: 'completed' }, ['a']],
    [{ filter: 'not_started' }, ['e', 'd', 'b']],
    [{ kind: 'document' }, ['b']],
    [{ search: 'uber ' }, ['b']],
    [{ search: 'CODE' }, ['c']],
    [{ search: 'code', filter: 'completed' }, []],
  ] as const)('%j shows %j', (choice, expected) => {
    expect(ids(choice)).toEqual(expected)
  })

  it('counts what each filter would show, within the search and the type', () => {
    expect(counts(cards, all)).toEqual({ all: 5, required: 3, in_progress: 1, completed: 1, not_started: 3 })
    expect(counts(cards, { ...all, filter: 'completed', search: 'code' })).toEqual({
      all: 1,
      required: 0,
      in_progress: 1,
      completed: 0,
      not_started: 0,
    })
  })

  it('goes into the address and comes back, what goes without saying left out', () => {
    const choice: Choice = { filter: 'required', kind: 'course', order: 'recent', search: 'a & b' }
    expect(choiceIn(addressOf(choice))).toEqual(choice)
    expect(addressOf(all)).toBe('')
    expect(choiceIn('?show=nonsense&type=film&order=up')).toEqual(all)
  })
})
