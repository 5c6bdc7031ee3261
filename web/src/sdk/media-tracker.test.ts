import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ModelMedia } from './testing/model-media'
import { progressOf } from './testing/page'
import { ITEM, watching } from './testing/watching'
import type { TrackerState } from './types'

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T10:00:00Z') })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a media tracker', () => {
  it('saves every ten seconds of playing, with the whole session', () => {
    const { media, run, page } = watching()
    media.play()
    run(31)
    expect(page.saved).toHaveLength(3)
    const third = page.saved[2]
    expect(third).toMatchObject({
      contentId: ITEM,
      event: 'heartbeat',
      sequence: 3,
      progressType: 'video',
      metadata: { durationSeconds: 60, playbackRate: 1 },
    })
    expect(third?.metadata?.watchedSegments?.[0]?.[0]).toBe(0)
    expect(third?.metadata?.watchedSegments?.[0]?.[1]).toBeCloseTo(30, 0)
    expect(third?.metadata?.watchTimeSeconds).toBeCloseTo(30, 0)
    expect(third?.metadata?.lastPositionSeconds).toBeCloseTo(30, 0)
    expect(Date.parse(third?.occurredAt ?? '') - Date.parse(third?.startedAt ?? '')).toBeGreaterThanOrEqual(
      30_000,
    )
  })

  it('saves nothing of an item that is merely open, or sought in before it plays', () => {
    const { media, run, page, tracker } = watching()
    run(60)
    media.currentTime = 30
    run(1)
    tracker.leave('hide')
    tracker.detach()
    expect(page.saved).toEqual([])
    expect(tracker.state.status).toBe('idle')
  })

  it('saves on pause, seek, change of rate, end and close, and not twice the same', () => {
    const { media, run, events, tracker } = watching()
    media.play()
    run(3)
    media.pause()
    run(2)
    expect(events()).toEqual(['pause'])
    media.currentTime = 50
    run(2)
    media.play()
    run(1)
    media.playbackRate = 2
    run(2)
    expect(events()).toEqual(['pause', 'seek', 'heartbeat'])
    run(6)
    expect(events()).toEqual(['pause', 'seek', 'heartbeat', 'ended'])
    expect(tracker.state.status).toBe('ended')
    tracker.detach()
    expect(events()).toEqual(['pause', 'seek', 'heartbeat', 'ended'])
  })

  it('saves what a leaving page has played, once for hide and close', () => {
    const { media, run, tracker } = watching()
    media.play()
    run(4)
    expect(tracker.leave('close')?.metadata?.watchTimeSeconds).toBeCloseTo(4, 0)
    expect(tracker.leave('hide')).toBeNull()
  })

  it('reports where the person was while a seek is under way', () => {
    const { media, run, tracker } = watching()
    media.play()
    run(5)
    media.currentTime = 50
    expect(tracker.leave('close')?.metadata?.lastPositionSeconds).toBeCloseTo(5, 0)
  })

  it('saves a burst of seeks once at its beginning and once when it has settled', () => {
    const { media, run, events, last } = watching()
    media.play()
    run(2)
    media.pause()
    run(1)
    for (let second = 10; second < 30; second += 1) {
      media.currentTime = second
      run(0.05)
    }
    run(3)
    expect(events()).toEqual(['pause', 'seek', 'seek'])
    expect(last().metadata?.lastPositionSeconds).toBe(29)
  })

  it('does not count what stalls, and at double speed counts half the time', () => {
    const { media, run, tracker } = watching()
    media.playbackRate = 2
    media.play()
    run(5)
    media.stalled = true
    run(60)
    const body = tracker.leave('hide')
    expect(body?.metadata?.watchTimeSeconds).toBeCloseTo(5, 0)
    expect(body?.metadata?.watchedSegments?.[0]?.[1]).toBeCloseTo(10, 0)
    expect(body?.metadata?.playbackRate).toBe(2)
  })

  it('keeps the fastest rate of the session in every heartbeat: the credit rests on it', () => {
    const { media, run, last } = watching()
    media.playbackRate = 4
    media.play()
    run(5)
    media.playbackRate = 1
    run(15)
    expect(last().metadata?.playbackRate).toBe(4)
  })

  it('keeps the session and the position through a new src', () => {
    const { media, run, tracker } = watching()
    media.play()
    run(20)
    media.load()
    run(1)
    expect(tracker.state.positionSeconds).toBeCloseTo(20, 0)
    media.currentTime = 40
    run(1)
    media.play()
    run(5)
    expect(tracker.state.watchedSegments.map(([start, end]) => [Math.round(start), Math.round(end)])).toEqual(
      [
        [0, 20],
        [40, 45],
      ],
    )
  })

  it('begins a new session when it is played again after the end', () => {
    const { media, run, page, tracker } = watching()
    media.play()
    run(61)
    const first = tracker.state.sessionId
    media.play()
    run(11)
    expect(tracker.state.sessionId).not.toBe(first)
    const again = page.saved.filter(({ sessionId }) => sessionId !== first)
    expect(again[0]).toMatchObject({ sequence: 1 })
    expect(again[0]?.metadata?.watchedSegments?.[0]?.[1]).toBeLessThan(12)
  })

  it('counts what was seen again after a restart, though `played` does not show it', () => {
    const { media, run, tracker } = watching()
    media.play()
    run(20)
    const first = tracker.state.sessionId
    tracker.restart()
    media.currentTime = 5
    run(6)
    expect(tracker.state.sessionId).not.toBe(first)
    const [segment] = tracker.state.watchedSegments
    expect(segment?.[0]).toBeCloseTo(5, 0)
    expect(segment?.[1]).toBeCloseTo(11, 0)
  })

  it('believes `played` again once a new src has emptied it', () => {
    const { media, run, tracker } = watching()
    media.play()
    run(20)
    tracker.restart()
    media.load()
    media.play()
    run(1.1) // between two `timeupdate` events
    media.currentTime = 40
    run(0.1)
    expect(tracker.state.watchedSegments[0]?.[1]).toBeCloseTo(1.1, 5)
  })

  it('says completed at the threshold, once, and not by a seek to the end', () => {
    const { media, run, tracker, page } = watching()
    const completed = vi.fn()
    tracker.addEventListener('completed', completed)
    media.play()
    run(5)
    media.currentTime = 58
    run(3)
    expect(completed).not.toHaveBeenCalled()
    media.currentTime = 5
    media.play()
    run(46)
    expect(completed).not.toHaveBeenCalled()
    run(2)
    expect(completed).toHaveBeenCalledTimes(1)
    expect(tracker.state.completed).toBe(true)
    expect(page.saved.at(-1)?.metadata?.watchedSegments?.length).toBeGreaterThan(0)
    run(10)
    expect(completed).toHaveBeenCalledTimes(1)
  })

  it('adds what the server knew, and is silent about an item that was completed already', () => {
    const known = progressOf({ status: 'in_progress' }, { durationSeconds: 60, watchedSegments: [[0, 40]] })
    const { media, run, tracker } = watching({ known })
    const completed = vi.fn()
    tracker.addEventListener('completed', completed)
    media.currentTime = 40
    media.play()
    run(13)
    expect(completed).not.toHaveBeenCalled()
    run(1.5)
    expect(completed).toHaveBeenCalledTimes(1)

    const second = watching({ known: progressOf({ status: 'completed' }) })
    second.tracker.addEventListener('completed', completed)
    second.media.play()
    second.run(61)
    expect(completed).toHaveBeenCalledTimes(1)
    expect(second.tracker.state.completed).toBe(true)
  })

  it('has no duration for a live stream, and takes the one that it is given', () => {
    const media = new ModelMedia()
    media.duration = Infinity
    const live = watching({}, media)
    media.play()
    live.run(11)
    expect(live.tracker.state.durationSeconds).toBeNull()
    expect(live.last().metadata).not.toHaveProperty('durationSeconds')
    expect(watching({ durationSeconds: 90 }, media).tracker.state.durationSeconds).toBe(90)
  })

  it('follows an element without `played` by its clock', () => {
    const media = new ModelMedia()
    Object.defineProperty(media, 'played', { value: undefined })
    const { run, last } = watching({}, media)
    media.play()
    run(10.5)
    expect(last().metadata?.watchedSegments?.[0]?.[1]).toBeCloseTo(10, 0)
  })

  it('is not misled by a wall clock that is set back', () => {
    const { media, run, page } = watching()
    media.play()
    run(11)
    vi.setSystemTime(Date.now() - 3_600_000)
    run(20)
    const times = page.saved.map(({ occurredAt }) => occurredAt)
    expect(times.length).toBeGreaterThan(2)
    expect([...times].sort()).toEqual(times)
  })

  it('draws only what has changed', () => {
    const { media, run, tracker } = watching()
    const states: TrackerState[] = []
    tracker.addEventListener('progress', ({ detail }) => states.push(detail))
    run(10)
    expect(states).toEqual([])
    media.play()
    run(2)
    expect(states.length).toBeGreaterThan(4)
    expect(states.at(-1)).toMatchObject({ status: 'playing', percentage: 3, saving: 'saved' })
  })
})
