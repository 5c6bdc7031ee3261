/** Playhead's SDK: saves where people are in videos and documents, from the browser, and loses nothing. */

export { PlayheadError } from './errors'
export { createPlayhead, type Playhead } from './playhead'
export type { DocumentTracker } from './document-tracker'
export type { MediaTracker } from './media-tracker'
export type { TimeRangesLike } from './ranges'
export type {
  AttachOptions,
  DocumentOptions,
  DocumentState,
  ItemState,
  MediaLike,
  PlayheadEvents,
  PlayheadFailure,
  PlayheadOptions,
  Problem,
  Progress,
  SavedHeartbeat,
  Saving,
  SavingState,
  TrackerEvents,
  TrackerState,
} from './types'
