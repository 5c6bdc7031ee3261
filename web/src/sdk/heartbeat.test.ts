import { describe, expect, it } from 'vitest'

import { documentHeartbeat, mediaHeartbeat, segments } from './heartbeat'
import { beginReading, countPages, seePage } from './reading'
import type { Range } from './ranges'
import { begin, saved, type MediaSession, type Sight } from './session'

const SIGHT: Sight = {
  now: Date.parse('2026-11-22T10:00:00Z'),
  clock: 0,
  currentTime: 0,
  paused: true,
  ended: false,
  seeking: false,
  rate: 1,
  played: [],
  hidden: false,
  loopsAt: null,
}
const ITEM = { contentId: 'item', progressType: 'video', durationSeconds: 600 } as const

function heartbeat(of: Partial<MediaSession>) {
  return mediaHeartbeat({ ...saved(begin('session', SIGHT)), ...of }, 'pause', ITEM, 'id')
}

describe('a heartbeat', () => {
  it('is what the service reads', () => {
    const played = { watchSeconds: 12.3456, contentSeconds: 24.6912, hiddenSeconds: 2.0004 }
    expect(heartbeat({ watched: [[0, 12.34567]], ...played, positionSeconds: 12.3456 })).toEqual({
      heartbeatId: 'id',
      contentId: 'item',
      progressType: 'video',
      event: 'pause',
      sessionId: 'session',
      sequence: 1,
      startedAt: '2026-11-22T10:00:00.000Z',
      occurredAt: '2026-11-22T10:00:00.000Z',
      metadata: {
        watchTimeSeconds: 12.346,
        contentTimeSeconds: 24.691,
        hiddenSeconds: 2,
        lastPositionSeconds: 12.346,
        durationSeconds: 600,
        watchedSegments: [[0, 12.346]],
        playbackRate: 1,
      },
    })
  })

  it('stays within the bounds that the service refuses beyond', () => {
    const broadcast = heartbeat({ positionSeconds: 1.7e9, watched: [[1.7e9, 1.7e9 + 10]], fastest: 40 })
    expect(broadcast.metadata).not.toHaveProperty('lastPositionSeconds')
    expect(broadcast.metadata).toMatchObject({ watchedSegments: [], playbackRate: 16 })
    const backward = { ...SIGHT, rate: -1 }
    expect(heartbeat({ last: backward }).metadata?.playbackRate).toBe(0)
  })

  it('with thousands of segments holds the longest, and fits one request', () => {
    const many = Array.from({ length: 3_000 }, (_, i): Range => [i * 100, i * 100 + (i % 3 ? 50.123 : 1.123)])
    const sent = segments(many)
    expect(sent).toHaveLength(2_000)
    expect(sent.every(([start, end]) => end - start > 50)).toBe(true)
    expect(JSON.stringify(heartbeat({ watched: many })).length).toBeLessThan(56_000)
  })

  it('of a document has its pages, or how far down it was scrolled', () => {
    const paged = seePage(countPages(beginReading('reading', 0, null), 5), 2, 1_000)
    expect(documentHeartbeat(paged, 'close', 'item', 'id')).toMatchObject({
      progressType: 'document',
      occurredAt: '1970-01-01T00:00:01.000Z',
      metadata: { pagesViewed: [2], pageCount: 5, scrollPosition: 0 },
    })
    const scrolled = { ...beginReading('reading', 0, null), percentage: 40, scrollPosition: 0.33333 }
    expect(documentHeartbeat(scrolled, 'heartbeat', 'item', 'id')).toMatchObject({
      progressPercentage: 40,
      metadata: { scrollPosition: 0.333 },
    })
  })
})
