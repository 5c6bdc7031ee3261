/** Somebody watching a model of a media element, in simulated time. */

import { expect, vi } from 'vitest'

import type { HeartbeatBody } from '../heartbeat'
import { MediaTracker } from '../media-tracker'
import type { AttachOptions } from '../types'
import { ModelMedia } from './model-media'
import { progressOf, recordingPage } from './page'

export const ITEM = '7b0b2a4e-6c1e-4a37-9f0b-0d6d2c0f5a11'

/** A tracker on a model; `run` lets so many seconds pass. The clocks are the test's: see `vi.useFakeTimers`. */
export function watching(options: Partial<AttachOptions> = {}, media = new ModelMedia()) {
  const page = recordingPage()
  const tracker = new MediaTracker(page, media, { contentId: ITEM, known: progressOf(), ...options })
  const run = (seconds: number): void => {
    media.run(seconds * 1000, (ms) => vi.advanceTimersByTime(ms))
  }
  const events = (): string[] => page.saved.map(({ event }) => event)
  const last = (): HeartbeatBody => page.saved.at(-1) ?? expect.fail('nothing was saved')
  return { media, page, tracker, run, events, last }
}
