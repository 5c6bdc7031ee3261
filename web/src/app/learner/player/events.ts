/** The events that players dispatch to the page around them. */
import type { DocumentState, TrackerState } from '../../../sdk'

interface WatchEvents {
  'watch-state': TrackerState | DocumentState
  'watch-completed': null
  'watch-ended': null
}

/** Sends an event of a player's, with its detail. */
export function say<Name extends keyof WatchEvents>(
  from: HTMLElement,
  name: Name,
  detail: WatchEvents[Name],
): void {
  from.dispatchEvent(new CustomEvent(name, { detail }))
}

/** What moves the player's own position, or begins or ends its playing. */
export const OWN_EVENTS = ['play', 'pause', 'timeupdate', 'seeked', 'ended'] as const
/** A seek that ends within so many seconds of the place that is offered went there. */
export const AT_PLACE_SECONDS = 1
