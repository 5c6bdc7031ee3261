/**
 * One viewing of one medium, as a reducer: (session, what happened, what the element shows) -> (session, save?).
 *
 * Time played is taken from the media clock: between two looks, the least of the wall clock's advance and the
 * media's at its rate. So buffering, sleeping and throttled timers add nothing, and no sum passes the clock.
 */

import { intersect, lengthOf, NOTHING, rangesOf, subtract, union, type Range, type Ranges } from './ranges'

/** What happened: a media event's name, or `hide`, `show`, `close`, and `settle` (the end of a burst of seeks). */
export type Moment =
  | 'timeupdate'
  | 'play'
  | 'playing'
  | 'pause'
  | 'seeking'
  | 'seeked'
  | 'ratechange'
  | 'ended'
  | 'emptied'
  | 'durationchange'
  | 'settle'
  | 'hide'
  | 'show'
  | 'close'

/** Why a heartbeat is sent; the wire's word. */
export type HeartbeatEvent = 'heartbeat' | 'pause' | 'seek' | 'ended' | 'close'

/** What the element shows at one look. */
export interface Sight {
  /** The wall clock, ms since 1970. */
  readonly now: number
  /** A clock that never jumps, ms. */
  readonly clock: number
  readonly currentTime: number
  readonly paused: boolean
  readonly ended: boolean
  readonly seeking: boolean
  readonly rate: number
  /** Null where the element has no `played`. */
  readonly played: Ranges | null
  /** Whether the page is hidden, and the picture not floating above others. */
  readonly hidden: boolean
  /** Where the media begins again by itself (`loop`); null where it does not. */
  readonly loopsAt: number | null
}

/** A session so far. */
export interface MediaSession {
  readonly id: string
  /** When playing began, ms since 1970. */
  readonly startedAt: number
  /** Whether anything was played: until then there is nothing to save. */
  readonly begun: boolean
  readonly positionSeconds: number
  /** Each part once. */
  readonly watched: Ranges
  /** Wall-clock time spent playing. */
  readonly watchSeconds: number
  /** The part of it during which the page was hidden. */
  readonly hiddenSeconds: number
  /** Media time played, replays included. */
  readonly contentSeconds: number
  /** The fastest it played: what the server credits depends on it, so no later heartbeat may lower it. */
  readonly fastest: number
  /** Whether the end was reached, and nothing was played since. */
  readonly finished: boolean
  /** Whether the end was ever reached: this closes the gap that players leave before it. */
  readonly reachedEnd: boolean
  readonly sequence: number
  /** Whether the last save lacks something. */
  readonly dirty: boolean
  /** A seek or a change of rate is yet to be saved: it came too soon after another. */
  readonly owesJump: boolean
  /** What the element had played before the session: `played` does not show whether that is watched again. */
  readonly before: Ranges
  /** After a new `src` the element is at 0, and the person still where they were. */
  readonly holdsPosition: boolean
  /** Wall-clock seconds played since the last save. */
  readonly unsavedSeconds: number
  readonly jumpSavedAt: number
  readonly last: Sight
}

/** Dragging along a seek bar seeks dozens of times a second; it is saved once in this many ms. */
export const JUMP_MS = 1_000
/** Further than this beyond what the clock allows, a step was a seek whose event is yet to come. */
const STEP_SLACK_SECONDS = 0.5

/** A session that begins with this look. */
export function begin(id: string, sight: Sight): MediaSession {
  return {
    id,
    startedAt: sight.now,
    begun: false,
    positionSeconds: seconds(sight.currentTime),
    watched: NOTHING,
    watchSeconds: 0,
    hiddenSeconds: 0,
    contentSeconds: 0,
    fastest: 0,
    finished: false,
    reachedEnd: false,
    sequence: 0,
    dirty: false,
    owesJump: false,
    before: sight.played ?? NOTHING,
    holdsPosition: false,
    unsavedSeconds: 0,
    jumpSavedAt: Number.NEGATIVE_INFINITY,
    last: sight,
  }
}

/** Whether playing starts over after the end: a second viewing, which is a session of its own. */
export function replays(session: MediaSession, sight: Sight): boolean {
  return session.finished && !sight.paused && !sight.ended && sight.currentTime < 1
}

/** The session after what happened, and the heartbeat that it asks for, if any. */
export function observe(
  session: MediaSession,
  moment: Moment,
  sight: Sight,
  saveEverySeconds: number,
): { session: MediaSession; save: HeartbeatEvent | null } {
  const advanced = advance(session, moment, sight)
  const event = asks(advanced, moment, sight, saveEverySeconds)
  if (!event)
    return { session: { ...advanced, owesJump: owes(advanced, session, moment, sight) }, save: null }
  return { session: saved(advanced, isJump(moment) ? sight.clock : advanced.jumpSavedAt), save: event }
}

function advance(session: MediaSession, moment: Moment, sight: Sight): MediaSession {
  const { passed, playedSeconds } = step(session, moment, sight)
  const before = moment === 'emptied' ? NOTHING : session.before
  const watched = seen(session.watched, sight.played, before, passed)
  const grown = lengthOf(watched) - lengthOf(session.watched)
  const added = playedSeconds ?? unseen(session.last, sight, grown)
  const begun = session.begun || added > 0 || grown > 0
  const holds = moment === 'emptied' || (session.holdsPosition && moment !== 'seeked' && !passed.length)
  const still = holds || sight.seeking || moment === 'seeking'
  const position = still ? session.positionSeconds : seconds(sight.currentTime)
  const changed =
    added > 0 || grown > 0 || position !== session.positionSeconds || changedRate(session, sight)
  return {
    ...session,
    startedAt: session.begun ? session.startedAt : session.last.now,
    begun,
    positionSeconds: position,
    watched,
    watchSeconds: session.watchSeconds + added,
    hiddenSeconds: session.hiddenSeconds + (session.last.hidden ? added : 0),
    contentSeconds: session.contentSeconds + added * session.last.rate,
    fastest: added > 0 || grown > 0 ? Math.max(session.fastest, session.last.rate) : session.fastest,
    finished: moment === 'ended' || (session.finished && added === 0),
    reachedEnd: session.reachedEnd || (begun && moment === 'ended'),
    dirty: session.dirty || changed,
    before,
    holdsPosition: holds,
    unsavedSeconds: session.unsavedSeconds + added,
    last: sight,
  }
}

/** What the media clock passed since the last look; null seconds where it was interrupted in between. */
function step(
  { last }: MediaSession,
  moment: Moment,
  sight: Sight,
): { passed: Ranges; playedSeconds: number | null } {
  if (last.paused || last.seeking) return { passed: NOTHING, playedSeconds: 0 }
  const looped = around(last, moment, sight)
  if (looped) return looped
  if (sight.seeking || moment === 'seeking' || moment === 'seeked' || moment === 'emptied') {
    return { passed: NOTHING, playedSeconds: null }
  }
  const wall = wallSeconds(last, sight)
  const media = sight.currentTime - last.currentTime
  if (!(media > 0) || !(last.rate > 0)) return { passed: NOTHING, playedSeconds: 0 }
  if (media > wall * last.rate + STEP_SLACK_SECONDS) return { passed: NOTHING, playedSeconds: null }
  const passed: Range = [last.currentTime, sight.currentTime]
  return { passed: [passed], playedSeconds: Math.min(wall, media / last.rate) }
}

/** What was played from the last look to the end and on from the beginning; null where it did not loop. */
function around(last: Sight, moment: Moment, sight: Sight): { passed: Ranges; playedSeconds: number } | null {
  const { loopsAt, currentTime } = sight
  if (loopsAt === null || moment === 'emptied' || !(currentTime < last.currentTime)) return null
  const wall = wallSeconds(last, sight)
  const media = loopsAt - last.currentTime + currentTime
  if (media < 0 || media > wall * last.rate + STEP_SLACK_SECONDS) return null
  const passed = rangesOf([
    [last.currentTime, loopsAt],
    [0, currentTime],
  ])
  return { passed, playedSeconds: Math.min(wall, media / last.rate) }
}

/** Seconds played between the last look and an interruption: as far as `played` shows that something was. */
function unseen(last: Sight, sight: Sight, grown: number): number {
  return grown > 0 && last.rate > 0 ? Math.min(wallSeconds(last, sight), grown / last.rate) : 0
}

function seen(watched: Ranges, played: Ranges | null, before: Ranges, passed: Ranges): Ranges {
  if (!played) return union(watched, passed)
  return union(union(watched, subtract(played, before)), intersect(passed, before))
}

function asks(
  session: MediaSession,
  moment: Moment,
  sight: Sight,
  saveEverySeconds: number,
): HeartbeatEvent | null {
  if (!session.begun) return null
  if (moment === 'ended') return 'ended'
  if (!session.dirty) return null
  if (moment === 'close') return 'close'
  if (moment === 'hide' || moment === 'emptied') return 'heartbeat'
  if (moment === 'pause' && !sight.ended) return 'pause' // at the end, `ended` follows and says more
  const settled = sight.clock - session.jumpSavedAt >= JUMP_MS
  if (settled && moment === 'seeked') return 'seek'
  if (settled && moment === 'ratechange') return 'heartbeat'
  if (settled && session.owesJump && !sight.seeking) return 'seek'
  return session.unsavedSeconds >= saveEverySeconds ? 'heartbeat' : null
}

function owes(session: MediaSession, earlier: MediaSession, moment: Moment, sight: Sight): boolean {
  if (!session.begun || !session.dirty) return false
  return session.owesJump || moment === 'seeked' || (moment === 'ratechange' && changedRate(earlier, sight))
}

/** The session once a heartbeat of it was built. */
export function saved(session: MediaSession, jumpSavedAt = session.jumpSavedAt): MediaSession {
  return {
    ...session,
    sequence: session.sequence + 1,
    dirty: false,
    owesJump: false,
    unsavedSeconds: 0,
    jumpSavedAt,
  }
}

function isJump(moment: Moment): boolean {
  return moment === 'seeked' || moment === 'ratechange' || moment === 'settle'
}

function changedRate(session: MediaSession, sight: Sight): boolean {
  return session.last.rate !== sight.rate
}

function wallSeconds(last: Sight, sight: Sight): number {
  return Math.max(0, sight.clock - last.clock) / 1000
}

/** A custom element that is not yet upgraded has no `currentTime`. */
function seconds(value: number): number {
  return Number.isFinite(value) ? Math.max(0, value) : 0
}
