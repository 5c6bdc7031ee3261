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
  /** The number of the attempt, 0 where the server does not say: what is known is of this attempt. */
  readonly attempt: number
  /** By the server's count, 0 to 100: claims are among it. */
  readonly percentage: number
  /** Whether a mark by hand stands: taking it back changes nothing of what was watched. */
  readonly marked: boolean
  /** What other sessions covered. */
  readonly watched: Ranges
  readonly pages: readonly number[]
  /** What the server takes the item to last; null where it does not know. */
  readonly durationSeconds: number | null
}

export const UNKNOWN: KnownProgress = {
  completed: false,
  attempt: 0,
  percentage: 0,
  marked: false,
  watched: [],
  pages: [],
  durationSeconds: null,
}

/** What an answer of the server says. */
export function knownProgress({
  attempt = 0,
  status,
  evidence,
  progressPercentage,
  metadata,
}: Progress): KnownProgress {
  const { durationSeconds, watchedSegments, pagesViewed = [] } = metadata
  return {
    completed: status === 'completed',
    attempt,
    percentage: progressPercentage,
    marked: status === 'completed' && evidence === 'manual',
    watched: watchedSegments,
    pages: pagesViewed,
    durationSeconds,
  }
}

/** Both together: an answer may be older than what this page has seen since, never older than its attempt. */
export function joined(known: KnownProgress, answer: KnownProgress): KnownProgress {
  if (answer.attempt !== known.attempt) return answer.attempt > known.attempt ? answer : known
  return {
    completed: known.completed || answer.completed,
    attempt: known.attempt,
    percentage: Math.max(known.percentage, answer.percentage),
    marked: known.marked || answer.marked,
    watched: union(known.watched, answer.watched),
    pages: [...new Set([...known.pages, ...answer.pages])],
    durationSeconds: answer.durationSeconds ?? known.durationSeconds,
  }
}

/** Whole per cent over all sessions, floored: 100 if and only if the item is completed. */
export function overallPercentage({ completed, percentage }: KnownProgress, covered: number): number {
  return completed ? 100 : Math.min(99, Math.max(Math.floor(percentage), covered))
}

/** Whether what the session watched, with what else counts, completes the medium. */
export function completesMedium(
  known: Pick<KnownProgress, 'watched' | 'durationSeconds'>,
  session: { watched: Ranges; ended: boolean; durationSeconds: number | null },
  threshold: number,
): boolean {
  const whole = known.durationSeconds ?? session.durationSeconds
  const watched = closed(session.watched, whole, session.ended)
  return reaches(lengthOf(clipped(union(known.watched, watched), whole)), whole, threshold)
}

/** Whether the pages seen, with those that count already, complete the document. */
export function completesDocument(
  known: Pick<KnownProgress, 'pages'>,
  session: { pages: readonly number[]; pageCount: number | null },
  threshold: number,
): boolean {
  return reaches(
    pagesOf([...known.pages, ...session.pages], session.pageCount).length,
    session.pageCount,
    threshold,
  )
}

/** Each page once, in order; none beyond the edition's last. */
export function pagesOf(pages: readonly number[], pageCount: number | null): number[] {
  const sorted = [...new Set(pages)].sort((one, other) => one - other)
  return pageCount === null ? sorted : sorted.filter((page) => page <= pageCount)
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
