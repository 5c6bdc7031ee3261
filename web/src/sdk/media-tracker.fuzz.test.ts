import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { segments, type HeartbeatBody } from './heartbeat'
import type { MediaTracker } from './media-tracker'
import { rangesOf, union, type Ranges } from './ranges'
import type { ModelMedia } from './testing/model-media'
import { watching } from './testing/watching'

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T10:00:00Z') })
})

afterEach(() => {
  vi.useRealTimers()
})

type Act = (media: ModelMedia, tracker: MediaTracker) => void

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.constant<Act>((media) => {
    media.play()
  }),
  fc.constant<Act>((media) => {
    media.pause()
  }),
  fc.constant<Act>((media) => {
    media.load()
  }),
  fc.constant<Act>((_, tracker) => {
    tracker.restart()
  }),
  fc.constant<Act>((media) => {
    media.stalled = !media.stalled
  }),
  fc.constant<Act>((media) => {
    media.loop = !media.loop
  }),
  fc.double({ min: 0, max: 60, noNaN: true }).map((to): Act => (media) => {
    media.currentTime = to
  }),
  fc.constantFrom(0.5, 1, 1.25, 2, 4).map((rate): Act => (media) => {
    media.playbackRate = rate
  }),
  fc.constantFrom('hide' as const, 'close' as const).map((moment): Act => (_, tracker) => {
    tracker.leave(moment)
  }),
)
const steps = fc.array(fc.tuple(act, fc.integer({ min: 0, max: 20_000 })), { maxLength: 40 })

describe('any sequence of play, pause, seek, rate, stall, new src and leaving', () => {
  it('reports exactly what the element has played, in time that has passed, in order', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(-0.02, 0, 0.02), (sequence, drift) => {
        const { media, tracker, page } = watching()
        media.drift = drift
        const began = Date.now()
        const sessions = new Map<string, Ranges>()
        tracker.addEventListener('progress', ({ detail }) =>
          sessions.set(detail.sessionId, detail.watchedSegments),
        )
        for (const [perform, ms] of sequence) {
          perform(media, tracker)
          media.run(ms, (step) => vi.advanceTimersByTime(step))
          media.settle()
          media.dispatch('durationchange') // any event makes the tracker look
          const all = [...sessions.values()].reduce(union, [])
          expect(all).toEqual(rangesOf(segments(media.shown)))
        }
        tracker.detach()
        checkBodies(page.saved, Date.now() - began)
      }),
      { numRuns: 150 },
    )
  })
})

function checkBodies(bodies: readonly HeartbeatBody[], clockMs: number): void {
  const bySession = new Map<string | undefined, HeartbeatBody[]>()
  for (const body of bodies) {
    bySession.set(body.sessionId, [...(bySession.get(body.sessionId) ?? []), body])
  }
  let watchSeconds = 0
  for (const session of bySession.values()) {
    session.forEach((body, i) => {
      const before = session[i - 1]
      expect(body.sequence).toBeGreaterThan(before?.sequence ?? 0)
      expect(body.metadata?.watchTimeSeconds).toBeGreaterThanOrEqual(before?.metadata?.watchTimeSeconds ?? 0)
      expect(body.metadata?.hiddenSeconds).toBe(0)
      const { contentTimeSeconds = 0, watchTimeSeconds = 0, playbackRate = 0 } = body.metadata ?? {}
      expect(contentTimeSeconds).toBeGreaterThanOrEqual(before?.metadata?.contentTimeSeconds ?? 0)
      expect(contentTimeSeconds).toBeLessThanOrEqual(watchTimeSeconds * playbackRate + 0.01)
      expect(Date.parse(body.occurredAt)).toBeGreaterThanOrEqual(Date.parse(body.startedAt ?? ''))
    })
    watchSeconds += session.at(-1)?.metadata?.watchTimeSeconds ?? 0
  }
  expect(watchSeconds * 1000).toBeLessThanOrEqual(clockMs + bySession.size)
  expect(new Set(bodies.map(({ heartbeatId }) => heartbeatId)).size).toBe(bodies.length)
}
