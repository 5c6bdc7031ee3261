import { describe, expect, it } from 'vitest'

import {
  completesDocument,
  completesMedium,
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
    const known = knownProgress(progressOf({}, { durationSeconds: 100 }), 0.9)
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
      0.9,
    )
    expect(completesMedium(known, { ...session, watched: [[20, 54]] }, 0.9)).toBe(true)
    expect(completesMedium(known, { ...session, watched: [[0, 50]] }, 0.9)).toBe(false)
  })

  it('does not count what was watched before a reopening, nor complete in the session that reopened', () => {
    const known = knownProgress(
      progressOf({ status: 'in_progress' }, { durationSeconds: 60, watchedSegments: [[0, 60]] }),
      0.9,
    )
    expect(known.counted).toEqual([])
    expect(completesMedium({ ...known, barred: true }, session, 0.9)).toBe(false)
  })

  it('of a document is a share of its pages', () => {
    const known = knownProgress(progressOf({}, { pagesViewed: [1, 2], pageCount: 10 }), 0.9)
    expect(completesDocument(known, { pages: [2, 3, 4, 5, 6, 7, 8, 9], pageCount: 10 }, 0.9)).toBe(true)
    expect(completesDocument(known, { pages: [2, 3, 4, 5, 6, 7, 8], pageCount: 10 }, 0.9)).toBe(false)
    expect(completesDocument(UNKNOWN, { pages: [1], pageCount: null }, 0.9)).toBe(false)
  })

  it('shows 100 % only when all was seen', () => {
    expect(shareOf(59.999, 60)).toBe(99)
    expect(shareOf(60, 60)).toBe(100)
    expect(shareOf(1, null)).toBe(0)
  })
})
