/** Playhead's library: what a person opened, what to go on with and what they did, typed by the API's own document. */

export { createLibrary, type Library } from './library'
export type { Subscription } from './subscribe'
export type {
  CallOptions,
  ContinueWatchingPage,
  Dismissal,
  HistoryEntry,
  HistoryOptions,
  HistoryPage,
  Interruption,
  LibraryItem,
  LibraryPage,
  LibrarySummary,
  PageOptions,
  PersonOptions,
} from './types'
