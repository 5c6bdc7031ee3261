/** A `playhead` whose trackers are real, and record what they save. */

import { MediaTracker } from '../sdk/media-tracker'
import { progressOf, recordingPage } from '../sdk/testing/page'
import type { HeartbeatBody } from '../sdk/heartbeat'
import type { Playhead, Progress } from '../sdk'

/** Records; `progress` is what the service knows. */
export interface RecordingPlayhead extends Playhead {
  readonly saved: HeartbeatBody[]
  readonly attached: { contentId: string; attached: boolean }[]
}

export function recordingPlayhead(progress: Progress = progressOf()): RecordingPlayhead {
  const page = recordingPage()
  const attached: { contentId: string; attached: boolean }[] = []
  const playhead = {
    saved: page.saved,
    attached,
    progress: () => Promise.resolve(progress),
    attach: (...[media, options]: Parameters<Playhead['attach']>) => {
      const entry = { contentId: options.contentId, attached: true }
      attached.push(entry)
      const own = {
        ...page,
        detached: () => {
          entry.attached = false
        },
      }
      return new MediaTracker(own, media, { ...options, known: progress })
    },
  }
  return playhead as unknown as RecordingPlayhead
}

/** In progress, to be resumed at so many seconds. */
export function begun(positionSeconds: number): Progress {
  return progressOf({ status: 'in_progress', resume: { offer: true, positionSeconds } })
}
