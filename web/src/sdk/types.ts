/** The public types: what a host page passes in and gets back. Seconds are of media unless said otherwise. */

import type { TimeRangesLike } from './ranges'

/** Options of `createPlayhead`. */
export interface PlayheadOptions {
  /** Origin of the service, such as `https://playhead.example.org`; `''` is the page's own. */
  endpoint: string
  /** A bearer token (a JWT with `sub` and `tenant`), or what gets one; asked again after a 401. */
  token: string | (() => string | Promise<string>)
  /** Name of the IndexedDB database that keeps what is not yet sent; by default `playhead`. */
  storageName?: string
}

/** Options of `attach`. */
export interface AttachOptions {
  /** The item's UUID. */
  contentId: string
  progressType?: 'video' | 'course'
  /** How long the media is, where the element does not say or says it wrongly. */
  durationSeconds?: number
  /** Seconds of playing between two saves; by default 10. */
  saveEverySeconds?: number
  /** What the server knows, from `playhead.progress`; without it, the tracker asks once. */
  known?: Progress | undefined
  /** The share of the item that completes it, as the tenant has it; by default 0.9. */
  completionThreshold?: number
}

/** Options of `trackDocument`. */
export interface DocumentOptions {
  /** The item's UUID. */
  contentId: string
  /** What holds the document: an element, or the document of an iframe of the same origin. */
  root: HTMLElement | Document
  /** Selects the pages in `root`, by default `[data-page]`. A page's number is its `data-page`, its
   * `data-page-number`, or else its place among them. */
  pages?: string
  /** By default, the largest page number there is. */
  pageCount?: number
  /** How long a page is to be in view before it counts as seen; by default 1. */
  seenAfterSeconds?: number
  known?: Progress | undefined
  completionThreshold?: number
}

/** What is used of a media element: any `<video>`, `<audio>` or element that behaves like one. */
export interface MediaLike {
  readonly currentTime: number
  readonly duration: number
  readonly paused: boolean
  readonly ended: boolean
  readonly seeking: boolean
  readonly playbackRate: number
  readonly loop?: boolean | undefined
  /** Some custom elements lack it; then the tracker follows the media clock alone. */
  readonly played?: TimeRangesLike | undefined
  addEventListener(type: string, listener: (event: Event) => void): void
  removeEventListener(type: string, listener: (event: Event) => void): void
}

/** How far a person has got with an item, as the server answers. */
export interface Progress {
  progressPercentage: number
  progressType: 'video' | 'document' | 'course'
  status: 'not_started' | 'in_progress' | 'completed'
  evidence: 'watched' | 'reported' | 'manual' | 'imported' | 'rule'
  metadata: {
    watchTimeSeconds: number
    contentTimeSeconds: number
    lastPositionSeconds: number
    durationSeconds: number | null
    watchedSegments: [number, number][]
    pagesViewed?: number[]
    pageCount?: number
    lastPage?: number
    scrollPosition?: number
  }
  lastViewed: string | null
  startedAt: string | null
  completedAt: string | null
  completionCount: number
  /** Which attempt all of this is of. */
  attempt?: number
  totalSessions: number
  /** `page` is that of a document with pages. */
  resume: { offer: boolean; positionSeconds: number; page?: number | null }
}

/** An error as the server describes it, by RFC 9457. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  errors?: { field: string; reason: string }[]
}

/**
 * How saving fares. `saved`: nothing waits. `saving`: on its way. `waiting`: it failed, and is tried again.
 * `failing`: three times in a row or more; show it to the person.
 */
export type Saving = 'saved' | 'saving' | 'waiting' | 'failing'

/** How saving fares, for the whole page. */
export interface SavingState {
  saving: Saving
  /** Heartbeats of this person that are kept in this browser. */
  waiting: number
  /** Failures in a row. */
  failures: number
  /** Whether the service could be reached last. */
  online: boolean
}

/** The state that every tracker reports. */
export interface ItemState {
  contentId: string
  /** One viewing on one device. */
  sessionId: string
  /** The session's own share: whole per cent, rounded down. */
  percentage: number
  completed: boolean
  saving: Saving
  failures: number
  online: boolean
}

/** State of a media tracker. */
export interface TrackerState extends ItemState {
  status: 'idle' | 'playing' | 'paused' | 'ended'
  positionSeconds: number
  durationSeconds: number | null
  /** What this session played, each part once. */
  watchedSegments: [number, number][]
  /** All sessions of the attempt, as the server last said, with what this page has played since. */
  overall: {
    /** Whole per cent, rounded down: 100 if and only if the item is completed. */
    percentage: number
    watchedSegments: [number, number][]
    completed: boolean
  }
}

/** State of a document tracker. */
export interface DocumentState extends ItemState {
  /** Pages seen in this session, from 1, in order. */
  pagesViewed: number[]
  pageCount: number | null
  /** 0 is the top, 1 the end. */
  scrollPosition: number
  /** As of a media tracker. */
  overall: { percentage: number; pagesViewed: number[]; completed: boolean }
}

/**
 * What went wrong. `network`: not reached, or not able; kept, and tried again. `refused`: the server will never
 * take this heartbeat; dropped. `unauthorised`: no valid token; kept until there is one. `storage`: the
 * browser's storage failed; kept in memory, so closing the page may lose it.
 */
export interface PlayheadFailure {
  kind: 'network' | 'refused' | 'unauthorised' | 'storage'
  /** For a person to read, in English. */
  message: string
  problem?: Problem
}

/** Which heartbeat was meant. */
export interface SavedHeartbeat {
  heartbeatId: string
  contentId: string
  event: string
  sessionId?: string
}

/** Events of `Playhead`, as the details of `CustomEvent`s. */
export interface PlayheadEvents {
  saving: SavingState
  saved: { heartbeats: SavedHeartbeat[]; waiting: number }
  offline: SavingState
  online: SavingState
  error: PlayheadFailure
}

/** Events of a tracker, as the details of `CustomEvent`s. */
export interface TrackerEvents<State extends ItemState = TrackerState> {
  /** Something changed that is worth drawing. */
  progress: State
  /** The item was completed just now; once for an item and page. */
  completed: State
  saving: SavingState
  offline: SavingState
  online: SavingState
  error: PlayheadFailure
}
