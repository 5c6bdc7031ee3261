/** What the library answers with: the API's own types, as generated from its OpenAPI document. */

import type { components } from '../api/schema'

type Schemas = components['schemas']

export type LibraryItem = Schemas['ListedItem']
export type LibrarySummary = Schemas['Overview']
export type LibraryPage = Schemas['PersonProgress']
export type ContinueWatchingPage = Schemas['ContinueWatching']
export type HistoryPage = Schemas['History']
export type HistoryEntry = Schemas['HistoryEntry']
export type Dismissal = Schemas['Dismissal']
export type Interruption = Schemas['Interruption']

/** Options of every call. */
export interface CallOptions {
  /** Ends the call, which then rejects with the signal's reason. */
  signal?: AbortSignal | undefined
}

/** Options of calls that answer by pages. */
export interface PageOptions extends CallOptions {
  /** `nextCursor` of the page before. */
  cursor?: string | null | undefined
  /** Entries of a page, at most. */
  limit?: number | undefined
}

/** Options of `list` and `summary`. */
export interface PersonOptions {
  /** Another person, for managers of their teams and administrators. */
  userId?: string | undefined
}

/** Options of `history`. */
export interface HistoryOptions extends PageOptions, PersonOptions {
  contentId?: string | undefined
  /** From this time on, inclusive. */
  from?: Date | undefined
  /** To this time, exclusive. */
  to?: Date | undefined
}
