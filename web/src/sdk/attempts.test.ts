import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { progressOf } from './testing/page'
import { watching } from './testing/watching'

const HALF = progressOf(
  { attempt: 1, status: 'in_progress', progressPercentage: 50 },
  { durationSeconds: 60, watchedSegments: [[0, 30]] },
)

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T10:00:00Z') })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('the state over all sessions', () => {
  it('joins what the server knew with what was played since', () => {
    const { media, run, tracker } = watching({ known: HALF })
    expect(tracker.state.overall).toEqual({
      percentage: 50,
      watchedSegments: [[0, 30]],
      completed: false,
    })
    media.currentTime = 20
    run(1)
    media.play()
    run(16)
    expect(tracker.state.percentage).toBe(26)
    expect(tracker.state.overall).toMatchObject({ percentage: 60, completed: false })
    expect(tracker.state.overall.watchedSegments).toHaveLength(1)
    tracker.restart()
    expect(tracker.state.percentage).toBe(0)
    expect(tracker.state.overall.percentage).toBe(60)
    media.currentTime = 36
    run(19)
    expect(tracker.state.overall).toMatchObject({ percentage: 100, completed: true })
  })

  it('learns what another device has played', () => {
    const { tracker } = watching({ known: HALF })
    tracker.learn(progressOf({ attempt: 1, progressPercentage: 75 }, { watchedSegments: [[30, 45]] }))
    expect(tracker.state.overall).toEqual({ percentage: 75, watchedSegments: [[0, 45]], completed: false })
  })

  it('asks again when the page is seen again, at most once a minute', async () => {
    const { page, tracker } = watching({ known: HALF })
    const progress = vi
      .spyOn(page, 'progress')
      .mockResolvedValue(progressOf({ attempt: 1, status: 'completed' }))
    tracker.back()
    expect(progress).not.toHaveBeenCalled()
    vi.advanceTimersByTime(60_000)
    tracker.back()
    tracker.back()
    await vi.advanceTimersByTimeAsync(1)
    expect(progress).toHaveBeenCalledTimes(1)
    expect(tracker.state.completed).toBe(true)
  })
})

describe('a new attempt', () => {
  it('begun here begins a new session at nothing, once the server has it', async () => {
    const { media, run, page, tracker } = watching({ known: { ...HALF, status: 'completed' } })
    media.play()
    run(58)
    const { sessionId } = tracker.state
    await tracker.beginAttempt()
    const mark = page.saved.find(({ event }) => event === 'attempt')
    expect(mark).not.toHaveProperty('sessionId')
    tracker.accepted(mark ?? expect.fail())
    expect(page.saved.at(-1)).toMatchObject({ event: 'close', sessionId })
    expect(tracker.state.sessionId).not.toBe(sessionId)
    expect(tracker.state.overall).toEqual({ percentage: 0, watchedSegments: [], completed: false })
    tracker.learn(HALF) // an answer from before
    expect(tracker.state.overall.percentage).toBe(0)
  })

  it('begun elsewhere begins a new session as soon as it is known', () => {
    const { media, run, page, tracker } = watching({ known: HALF })
    media.play()
    run(4)
    const { sessionId } = tracker.state
    tracker.learn({ ...progressOf(), attempt: 2 })
    expect(page.saved).toMatchObject([{ event: 'close', sessionId }])
    run(11)
    expect(page.saved.at(-1)).toMatchObject({ sequence: 1, sessionId: tracker.state.sessionId })
    expect(tracker.state.sessionId).not.toBe(sessionId)
    expect(tracker.state.overall.percentage).toBe(18)
  })

  it('is none where the first answer comes late', () => {
    const { media, run, tracker } = watching({ known: undefined })
    media.play()
    run(4)
    const { sessionId } = tracker.state
    tracker.learn(HALF)
    expect(tracker.state).toMatchObject({ sessionId, overall: { percentage: 50 } })
  })

  it('is what undoing completion begins, unless a mark by hand is what is taken back', () => {
    const watched = watching({ known: { ...HALF, status: 'completed' } })
    const { sessionId } = watched.tracker.state
    watched.tracker.accepted({ heartbeatId: '', contentId: '', event: 'reopen', occurredAt: '' })
    expect(watched.tracker.state).toMatchObject({ completed: false, overall: { watchedSegments: [] } })
    expect(watched.tracker.state.sessionId).not.toBe(sessionId)

    const marked = watching({ known: { ...HALF, status: 'completed', evidence: 'manual' } })
    const before = marked.tracker.state.sessionId
    marked.tracker.accepted({ heartbeatId: '', contentId: '', event: 'reopen', occurredAt: '' })
    expect(marked.tracker.state).toMatchObject({
      completed: false,
      sessionId: before,
      overall: { percentage: 50, watchedSegments: [[0, 30]] },
    })
  })
})
