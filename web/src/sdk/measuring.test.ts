import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ModelMedia } from './testing/model-media'
import { watching } from './testing/watching'

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T10:00:00Z') })
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('what a media tracker measures', () => {
  it('counts the media of a clip that loops ten times in one session', () => {
    const media = new ModelMedia()
    media.duration = 15
    media.loop = true
    const { run, page, tracker, last } = watching({}, media)
    media.play()
    run(151)
    tracker.detach()
    expect(new Set(page.saved.map(({ sessionId }) => sessionId)).size).toBe(1)
    expect(last().metadata?.watchedSegments).toEqual([[0, 15]])
    expect(last().metadata?.contentTimeSeconds).toBeGreaterThan(150)
    expect(last().metadata?.contentTimeSeconds).toBeLessThan(151.1)
    expect(last().metadata?.watchTimeSeconds).toBeCloseTo(last().metadata?.contentTimeSeconds ?? 0, 3)
  })

  it('counts media time at the rate, and what is played again each time', () => {
    const { media, run, tracker, last } = watching()
    media.playbackRate = 2
    media.play()
    run(10)
    media.currentTime = 0
    run(10)
    tracker.detach()
    expect(last().metadata?.contentTimeSeconds).toBeCloseTo(40, 0)
    expect(last().metadata?.watchTimeSeconds).toBeCloseTo(20, 0)
    expect(last().metadata?.watchedSegments?.[0]?.[1]).toBeCloseTo(20, 0)
  })

  it('tells apart what was played while the page was hidden, unless in a floating picture', () => {
    const { media, run, tracker, last } = watching()
    const turn = (state: DocumentVisibilityState): void => {
      vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state)
      if (state === 'hidden') tracker.leave('hide')
      else tracker.back()
    }
    media.play()
    run(10)
    turn('hidden')
    run(20)
    turn('visible')
    run(5)
    Object.defineProperty(document, 'pictureInPictureElement', { value: media, configurable: true })
    turn('hidden')
    run(6)
    Reflect.deleteProperty(document, 'pictureInPictureElement')
    tracker.detach()
    expect(last().metadata?.hiddenSeconds).toBeCloseTo(20, 1)
    expect(last().metadata?.watchTimeSeconds).toBeCloseTo(41, 0)
  })
})
