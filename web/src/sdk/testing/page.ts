/** A page for trackers that records what they save. */

import { DeviceClock } from '../clock'
import type { HeartbeatBody } from '../heartbeat'
import type { Page } from '../tracker'
import type { Progress } from '../types'

/** A person's progress with an item: none, unless given. */
export function progressOf(
  given: Partial<Progress> = {},
  metadata: Partial<Progress['metadata']> = {},
): Progress {
  return {
    progressPercentage: 0,
    progressType: 'video',
    status: 'not_started',
    evidence: 'watched',
    metadata: {
      watchTimeSeconds: 0,
      contentTimeSeconds: 0,
      lastPositionSeconds: 0,
      durationSeconds: null,
      watchedSegments: [],
      ...metadata,
    },
    lastViewed: null,
    startedAt: null,
    completedAt: null,
    completionCount: 0,
    totalSessions: 0,
    resume: { offer: false, positionSeconds: 0 },
    ...given,
  }
}

/** Every heartbeat that was saved, in order; marks are accepted at once. */
export function recordingPage(): Page & { saved: HeartbeatBody[] } {
  const saved: HeartbeatBody[] = []
  const clock = new DeviceClock('test')
  const announced = new Set<string>()
  return {
    saved,
    saving: { saving: 'saved', waiting: 0, failures: 0, online: true },
    now: () => clock.now(),
    save: (body) => saved.push(body),
    mark: (body) => {
      saved.push(body)
      return Promise.resolve()
    },
    progress: () => Promise.resolve(progressOf()),
    isNews: (contentId) => !announced.has(contentId) && !!announced.add(contentId),
    forget: (contentId) => announced.delete(contentId),
    detached: () => undefined,
  }
}
