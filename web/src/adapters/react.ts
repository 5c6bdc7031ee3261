/** Hooks for React 18 and later. */

import { useEffect, useState, type RefCallback } from 'react'

import type { MediaTracker, Playhead, TrackerState } from '../sdk'
import { attachResuming, type ResumingOptions } from './attach'

export type { Attached, ResumingOptions } from './attach'

/** What `useMedia` gives. */
export interface TrackedMedia {
  /** For the `ref` of the `<video>` or `<audio>`. */
  readonly ref: RefCallback<HTMLMediaElement>
  /** Null until the element is there. */
  readonly state: TrackerState | null
  readonly tracker: MediaTracker | null
}

/**
 * Save what an element plays for as long as it is mounted, and go on where the person was. Another `contentId` or
 * another `playhead` is attached again; the other options are read then.
 */
export function useMedia(playhead: Playhead | null, options: ResumingOptions): TrackedMedia {
  const [media, setMedia] = useState<HTMLMediaElement | null>(null)
  const [tracker, setTracker] = useState<MediaTracker | null>(null)
  const [state, setState] = useState<TrackerState | null>(null)
  useEffect(() => {
    if (!playhead || !media) return
    const attached = attachResuming(playhead, media, options, (seconds) => {
      media.currentTime = seconds
    })
    const show = (): void => {
      setState(attached.tracker.state)
    }
    attached.tracker.addEventListener('progress', show)
    setTracker(attached.tracker)
    show()
    return () => {
      attached.tracker.removeEventListener('progress', show)
      attached.detach()
      setTracker(null)
      setState(null)
    }
  }, [playhead, media, options.contentId])
  return { ref: setMedia, state, tracker }
}
