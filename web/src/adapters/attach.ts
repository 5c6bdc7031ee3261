/** What all adapters share: attach, and go on where the person was. */

import type { AttachOptions, MediaLike, MediaTracker, Playhead, Progress } from '../sdk'

/** Options of the adapters of media. */
export interface ResumingOptions extends AttachOptions {
  /** Whether to go on where the person was, by default true. */
  resume?: boolean | undefined
}

/** A tracker with its adapter. */
export interface Attached {
  readonly tracker: MediaTracker
  /** Save the rest and let go of the player. Do so before it plays another item. */
  detach(): void
}

/** Who has played on for longer while the service was asked is not moved away from there. */
const MOVED_SECONDS = 3

/** Attach at once, so that nothing is missed, and seek once it is known where to. */
export function attachResuming(
  playhead: Playhead,
  media: MediaLike,
  { resume = true, ...options }: ResumingOptions,
  seek: (seconds: number) => void,
): Attached {
  const tracker = playhead.attach(media, options)
  let attached = true
  const asked = resume ? ask(playhead, options) : Promise.resolve(undefined)
  void asked.then((progress) => {
    if (!attached || !progress?.resume.offer) return
    if (media.currentTime < MOVED_SECONDS) seek(progress.resume.positionSeconds)
  })
  const detach = (): void => {
    attached = false
    tracker.detach()
  }
  return { tracker, detach }
}

/** What the service knows; nothing where it cannot be asked, for playing goes on all the same. */
function ask(playhead: Playhead, { known, contentId }: AttachOptions): Promise<Progress | undefined> {
  return known ? Promise.resolve(known) : playhead.progress(contentId).catch(() => undefined)
}
