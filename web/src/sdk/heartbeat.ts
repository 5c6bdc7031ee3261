/** Heartbeats as they go over the wire. Pure: ids and times are passed in. */

import { longest, type Ranges } from './ranges'
import type { HeartbeatEvent, MediaSession } from './session'

/** What a person does by hand: mark as completed, undo that, take it again. */
export type Mark = 'complete' | 'reopen' | 'attempt'

/** The body of `POST /api/progress`. */
export interface HeartbeatBody {
  heartbeatId: string
  contentId: string
  event: HeartbeatEvent | Mark
  occurredAt: string
  progressType?: 'video' | 'course' | 'document'
  progressPercentage?: number
  sessionId?: string
  sequence?: number
  startedAt?: string
  metadata?: {
    watchTimeSeconds?: number
    contentTimeSeconds?: number
    hiddenSeconds?: number
    lastPositionSeconds?: number
    durationSeconds?: number
    watchedSegments?: [number, number][]
    playbackRate?: number
    pagesViewed?: number[]
    pageCount?: number
    lastPage?: number
    scrollPosition?: number
  }
}

/** The server takes as many; it keeps the union of what it gets, so the earlier ones are there already. */
const MOST_SEGMENTS = 2_000
const MOST_PAGES = 10_000
/** 24 days of media. A live stream may count from 1970; there is no progress to keep of such. */
const MOST_SECONDS = 2_147_483
const FASTEST = 16

/** A heartbeat of a media session. */
export function mediaHeartbeat(
  session: MediaSession,
  event: HeartbeatEvent,
  item: { contentId: string; progressType: 'video' | 'course'; durationSeconds: number | null },
  heartbeatId: string,
): HeartbeatBody {
  const { positionSeconds } = session
  return {
    heartbeatId,
    contentId: item.contentId,
    progressType: item.progressType,
    event,
    sessionId: session.id,
    sequence: session.sequence,
    startedAt: instant(session.startedAt),
    occurredAt: instant(Math.max(session.last.now, session.startedAt)),
    metadata: {
      watchTimeSeconds: rounded(session.watchSeconds),
      contentTimeSeconds: rounded(session.contentSeconds),
      hiddenSeconds: rounded(session.hiddenSeconds),
      ...(positionSeconds <= MOST_SECONDS && { lastPositionSeconds: rounded(positionSeconds) }),
      ...(item.durationSeconds !== null && { durationSeconds: rounded(item.durationSeconds) }),
      watchedSegments: segments(session.watched),
      playbackRate: Math.min(session.fastest || Math.max(session.last.rate, 0), FASTEST),
    },
  }
}

/** What of a document a session has seen. */
export interface DocumentReading {
  readonly id: string
  readonly startedAt: number
  readonly lastAt: number
  readonly sequence: number
  readonly pages: readonly number[]
  readonly pageCount: number | null
  readonly scrollPosition: number
  /** The page that the reader is on; null where there are none, or none was in view. */
  readonly page: number | null
  /** Time in view. */
  readonly watchSeconds: number
  /** Where there are no pages: how far down the person came, in whole per cent. */
  readonly percentage: number
}

/** A heartbeat of a document. */
export function documentHeartbeat(
  reading: DocumentReading,
  event: HeartbeatEvent,
  contentId: string,
  heartbeatId: string,
): HeartbeatBody {
  const { pages, pageCount, page } = reading
  return {
    heartbeatId,
    contentId,
    progressType: 'document',
    event,
    sessionId: reading.id,
    sequence: reading.sequence,
    startedAt: instant(reading.startedAt),
    occurredAt: instant(Math.max(reading.lastAt, reading.startedAt)),
    ...(pageCount === null && { progressPercentage: reading.percentage }),
    metadata: {
      watchTimeSeconds: rounded(reading.watchSeconds),
      ...(page !== null && { lastPage: page }),
      ...(pageCount !== null && { pageCount, pagesViewed: pages.slice(0, MOST_PAGES) }),
      scrollPosition: rounded(reading.scrollPosition),
    },
  }
}

/** A mark by hand, which belongs to no session. */
export function markHeartbeat(
  contentId: string,
  event: Mark,
  now: number,
  heartbeatId: string,
): HeartbeatBody {
  return { heartbeatId, contentId, event, occurredAt: instant(now) }
}

/** Segments with whole milliseconds, as the server keeps them. */
export function segments(watched: Ranges): [number, number][] {
  return longest(watched, MOST_SEGMENTS)
    .map(([start, end]): [number, number] => [rounded(start), rounded(end)])
    .filter(([start, end]) => start < end && end <= MOST_SECONDS)
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}

/** To the millisecond. */
export function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}
