import { describe, expect, it } from 'vitest'

import {
  completesDocument,
  completesMedium,
  joined,
  overallPercentage,
  percentageOf,
  shareOf,
  knownProgress,
  UNKNOWN,
} from './completion'
import { progressOf } from './testing/page'

const session = { watched: [[0, 54]] as const, ended: false, durationSeconds: 60 }

describe('completion', () => {
  it('is reached at the threshold of unique seconds, exactly', () => {
    expect(completesMedium(UNKNOWN, session, 0.9)).toBe(true)
    expect(completesMedium(UNKNOWN, { ...session, watched: [[0, 53.999]] }, 0.9)).toBe(false)
    expect(completesMedium(UNKNOWN, { ...session, watched: [[0, 21]], durationSeconds: 30 }, 0.7)).toBe(true)
  })

  it('is never reached where the duration is unknown', () => {
    expect(completesMedium(UNKNOWN, { ...session, durationSeconds: null }, 0.9)).toBe(false)
  })

  it('closes the last gap of a player that reached the end, and no longer one', () => {
    const almost = { ...session, watched: [[0, 58.6]] as const, ended: true }
    expect(completesMedium(UNKNOWN, almost, 1)).toBe(true)
    expect(completesMedium(UNKNOWN, { ...almost, ended: false }, 1)).toBe(false)
    expect(completesMedium(UNKNOWN, { ...almost, watched: [[0, 58.4]] }, 1)).toBe(false)
  })

  it('goes by the duration of the catalogue, and counts nothing beyond it', () => {
    const known = knownProgress(progressOf({}, { durationSeconds: 100 }))
    expect(completesMedium(known, session, 0.9)).toBe(false)
    expect(
      percentageOf(
        [
          [0, 5],
          [90, 120],
        ],
        100,
        false,
      ),
    ).toBe(15)
  })

  it('adds what other sessions covered, each part once', () => {
    const known = knownProgress(
      progressOf({ status: 'in_progress' }, { durationSeconds: 60, watchedSegments: [[0, 30]] }),
    )
    expect(completesMedium(known, { ...session, watched: [[20, 54]] }, 0.9)).toBe(true)
    expect(completesMedium(known, { ...session, watched: [[0, 50]] }, 0.9)).toBe(false)
  })

  it('joins an answer with what was seen since, within one attempt, and takes the newer of two attempts', () => {
    const known = knownProgress(progressOf({ attempt: 1 }, { watchedSegments: [[0, 30]], pagesViewed: [1] }))
    const answer = knownProgress(
      progressOf({ attempt: 1 }, { watchedSegments: [[20, 40]], pagesViewed: [2] }),
    )
    expect(joined(known, answer)).toMatchObject({ watched: [[0, 40]], pages: [1, 2] })
    const next = { ...answer, attempt: 2 }
    expect(joined(known, next)).toBe(next)
    expect(joined(next, known)).toBe(next)
  })

  it('is what alone makes 100 per cent', () => {
    expect(overallPercentage(UNKNOWN, 100)).toBe(99)
    expect(overallPercentage({ ...UNKNOWN, percentage: 45.9 }, 12)).toBe(45)
    expect(overallPercentage({ ...UNKNOWN, percentage: 91, completed: true }, 91)).toBe(100)
  })

  it('of a document is a share of its pages', () => {
    const known = knownProgress(progressOf({}, { pagesViewed: [1, 2], pageCount: 10 }))
    expect(completesDocument(known, { pages: [2, 3, 4, 5, 6, 7, 8, 9], pageCount: 10 }, 0.9)).toBe(true)
    expect(completesDocument(known, { pages: [2, 3, 4, 5, 6, 7, 8], pageCount: 10 }, 0.9)).toBe(false)
    expect(completesDocument(UNKNOWN, { pages: [1], pageCount: null }, 0.9)).toBe(false)
    expect(completesDocument({ pages: [2] }, { pages: [], pageCount: 1 }, 0.9)).toBe(false)
    expect(completesDocument({ pages: [2] }, { pages: [1], pageCount: 1 }, 0.9)).toBe(true)
  })

  it('shows 100 % only when all was seen', () => {
    expect(shareOf(59.999, 60)).toBe(99)
    expect(shareOf(60, 60)).toBe(100)
    expect(shareOf(1, null)).toBe(0)
  })
})
