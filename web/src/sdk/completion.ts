/** Whether an item is completed as far as the browser knows, by the server's rules, in whole milliseconds. */

import { lengthOf, union, type Ranges } from './ranges'
import type { Progress } from './types'

/** The share of an item that completes it, unless the tenant has another. */
export const THRESHOLD = 0.9
/** Players stop reporting up to this short of the end; `ended` closes the gap, here as on the server. */
const LAST_GAP_SECONDS = 1.5

/** What is known of an item beside what the session saw. */
export interface KnownProgress {
  readonly completed: boolean
  /** What other sessions covered, as far as it counts towards completion. */
  readonly counted: Ranges
  readonly countedPages: readonly number[]
  /** What the server takes the item to last; null where it does not know. */
  readonly durationSeconds: number | null
  /** The session in which an item was reopened does not complete it. */
  readonly barred: boolean
}

export const UNKNOWN: KnownProgress = {
  completed: false,
  counted: [],
  countedPages: [],
  durationSeconds: null,
  barred: false,
}

/** What an answer of the server means for completion. */
export function knownProgress(known: Progress, threshold: number): KnownProgress {
  const { durationSeconds, watchedSegments, pagesViewed = [], pageCount = 0 } = known.metadata
  const enough =
    reaches(lengthOf(watchedSegments), durationSeconds, threshold) ||
    reaches(pagesViewed.length, pageCount, threshold)
  // Enough, and yet not completed: it was reopened, and only sessions begun since count.
  const reopened = enough && known.status !== 'completed'
  return {
    completed: known.status === 'completed',
    counted: reopened ? [] : watchedSegments,
    countedPages: reopened ? [] : pagesViewed,
    durationSeconds,
    barred: false,
  }
}

/** Whether what the session watched, with what else counts, completes the medium. */
export function completesMedium(
  { barred, counted, durationSeconds }: KnownProgress,
  session: { watched: Ranges; ended: boolean; durationSeconds: number | null },
  threshold: number,
): boolean {
  const whole = durationSeconds ?? session.durationSeconds
  const watched = closed(session.watched, whole, session.ended)
  return !barred && reaches(lengthOf(clipped(union(counted, watched), whole)), whole, threshold)
}

/** Whether the pages seen, with those that count already, complete the document. */
export function completesDocument(
  { barred, countedPages }: KnownProgress,
  session: { pages: readonly number[]; pageCount: number | null },
  threshold: number,
): boolean {
  const pages = new Set([...countedPages, ...session.pages])
  return !barred && reaches(pages.size, session.pageCount, threshold)
}

/** Whole per cent, floored; 100 only when all of it was covered. */
export function percentageOf(watched: Ranges, durationSeconds: number | null, ended: boolean): number {
  const covered = lengthOf(clipped(closed(watched, durationSeconds, ended), durationSeconds))
  return shareOf(covered, durationSeconds)
}

/** Whole per cent, floored, of a part. */
export function shareOf(part: number, whole: number | null): number {
  if (!whole || whole <= 0) return 0
  return Math.min(100, Math.floor((thousandths(part) * 100) / thousandths(whole)))
}

function reaches(part: number, whole: number | null, threshold: number): boolean {
  // Half a thousandth makes up for the binary fraction of the threshold, and for nothing else.
  return !!whole && whole > 0 && thousandths(part) + 0.0005 >= threshold * thousandths(whole)
}

function closed(watched: Ranges, durationSeconds: number | null, ended: boolean): Ranges {
  const last = watched.at(-1)
  if (!last || !ended || durationSeconds === null) return watched
  const missing = durationSeconds - last[1]
  return missing > 0 && missing <= LAST_GAP_SECONDS ? union(watched, [[last[0], durationSeconds]]) : watched
}

function clipped(ranges: Ranges, end: number | null): Ranges {
  if (end === null) return ranges
  return ranges.flatMap(([from, to]) => (from < end ? [[from, Math.min(to, end)] as const] : []))
}

function thousandths(value: number): number {
  return Math.round(value * 1000)
}
