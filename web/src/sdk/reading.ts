/** One reading of a document, as pure steps: which pages were seen, how far down, and for how long. */

import type { DocumentReading } from './heartbeat'

/** A reading that has seen nothing yet. */
export function beginReading(id: string, now: number, pageCount: number | null): Reading {
  return {
    id,
    startedAt: now,
    lastAt: now,
    sequence: 0,
    pages: [],
    pageCount,
    scrollPosition: 0,
    percentage: 0,
    page: null,
    watchSeconds: 0,
    unsavedSeconds: 0,
    dirty: false,
  }
}

/** What of the document is in view, as shares of it, 0 to 1. */
export interface View {
  /** The share of the scrollable height. */
  readonly position: number
  /** The lower edge. */
  readonly bottom: number
}

/** A reading so far. */
export interface Reading extends DocumentReading {
  /** Whether the last save lacks something. */
  readonly dirty: boolean
  /** Seconds in view since the last save. */
  readonly unsavedSeconds: number
}

/** The document was in view for so many seconds more. */
export function readFor(reading: Reading, seconds: number, now: number): Reading {
  return {
    ...reading,
    watchSeconds: reading.watchSeconds + seconds,
    unsavedSeconds: reading.unsavedSeconds + seconds,
    lastAt: Math.max(now, reading.lastAt),
  }
}

/** The reader is on this page. As scrolling, it is saved with the next page, or on leaving. */
export function turnTo(reading: Reading, page: number, now: number): Reading {
  if (page === reading.page || !Number.isInteger(page) || page < 1) return reading
  return { ...reading, page, lastAt: Math.max(now, reading.lastAt), dirty: true }
}

/** A page was seen; pages count from 1. */
export function seePage(reading: Reading, page: number, now: number): Reading {
  if (reading.pages.includes(page) || !Number.isInteger(page) || page < 1) return reading
  const pages = [...reading.pages, page].sort((one, other) => one - other)
  const pageCount = reading.pageCount === null ? null : Math.max(reading.pageCount, page)
  return { ...reading, pages, pageCount, lastAt: Math.max(now, reading.lastAt), dirty: true }
}

/** There are so many pages; null where there are none to count. */
export function countPages(reading: Reading, pageCount: number | null): Reading {
  const most = Math.max(pageCount ?? 0, reading.pages.at(-1) ?? 0)
  return { ...reading, pageCount: most || null }
}

/** Where the view is. Scrolling alone is kept; it is saved with the next page, or on leaving. */
export function scrollTo(reading: Reading, view: View, now: number): Reading {
  const percentage = Math.max(reading.percentage, Math.min(100, Math.floor(view.bottom * 100)))
  if (view.position === reading.scrollPosition && percentage === reading.percentage) return reading
  return {
    ...reading,
    scrollPosition: view.position,
    percentage,
    lastAt: Math.max(now, reading.lastAt),
    dirty: true,
  }
}

/** Whether there is anything to save. */
export function isWorthSaving(reading: Reading): boolean {
  const changed = reading.dirty || reading.unsavedSeconds >= 1
  return changed && (reading.pageCount === null ? reading.percentage > 0 : reading.pages.length > 0)
}

/** The reading once a heartbeat of it was built. */
export function savedReading(reading: Reading): Reading {
  return { ...reading, sequence: reading.sequence + 1, dirty: false, unsavedSeconds: 0 }
}
