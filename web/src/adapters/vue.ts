/** Composables for Vue 3. */

import { shallowRef, toValue, watch, type MaybeRefOrGetter, type ShallowRef } from 'vue'

import type { MediaTracker, Playhead, TrackerState } from '../sdk'
import { attachResuming, type ResumingOptions } from './attach'

export type { Attached, ResumingOptions } from './attach'

/** What `useMedia` gives. */
export interface TrackedMedia {
  /** Null until the element is there. */
  readonly state: Readonly<ShallowRef<TrackerState | null>>
  readonly tracker: Readonly<ShallowRef<MediaTracker | null>>
}

/**
 * Save what an element plays for as long as it is mounted, and go on where the person was. `media` is a template ref;
 * another element, item or `playhead` is attached again.
 */
export function useMedia(
  playhead: MaybeRefOrGetter<Playhead | null>,
  media: MaybeRefOrGetter<HTMLMediaElement | null | undefined>,
  options: MaybeRefOrGetter<ResumingOptions>,
): TrackedMedia {
  const state = shallowRef<TrackerState | null>(null)
  const tracker = shallowRef<MediaTracker | null>(null)
  const what = () => [toValue(playhead), toValue(media), toValue(options).contentId] as const
  watch(
    what,
    ([service, element], _, onCleanup) => {
      if (!service || !element) return
      const attached = attachResuming(service, element, toValue(options), (seconds) => {
        element.currentTime = seconds
      })
      const show = (): void => {
        state.value = attached.tracker.state
      }
      attached.tracker.addEventListener('progress', show)
      tracker.value = attached.tracker
      show()
      onCleanup(() => {
        attached.tracker.removeEventListener('progress', show)
        attached.detach()
        tracker.value = null
        state.value = null
      })
    },
    { immediate: true, flush: 'post' },
  )
  return { state, tracker }
}
