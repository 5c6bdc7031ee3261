/** Players in frames of other origins, as their reports come: what is made of them. */

import { beforeEach, describe, expect, it, vi } from 'vitest'

import { RemoteMedia } from './remote-media'
import { begun, recordingPlayhead } from './testing'
import { attachYouTube, type YouTubePlayer } from './youtube'

const ITEM = '7b0b2a4e-6c1e-4a37-9f0b-0d6d2c0f5a11'
const [ENDED, PLAYING, PAUSED, CUED] = [0, 1, 2, 5]

/** A player of YouTube's API, moved by the test. */
class Player implements YouTubePlayer {
  state = CUED
  time = 0
  rate = 1
  sought: number[] = []
  readonly listeners = new Map<string, Set<(event: { data: number }) => void>>()

  getCurrentTime = (): number => this.time
  getDuration = (): number => 60
  getPlaybackRate = (): number => this.rate
  getPlayerState = (): number => this.state

  seekTo(seconds: number): void {
    this.sought.push(seconds)
    this.time = seconds
  }

  addEventListener(event: string, listener: (event: { data: number }) => void): void {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener))
  }

  removeEventListener(event: string, listener: (event: { data: number }) => void): void {
    this.listeners.get(event)?.delete(listener)
  }

  become(state: number): void {
    this.state = state
    for (const listener of this.listeners.get('onStateChange') ?? []) listener({ data: state })
  }

  /** Play on for so long, in steps of the adapter's looks. */
  play(seconds: number): void {
    for (let passed = 0; passed < seconds; passed += 0.25) {
      this.time += 0.25 * this.rate
      vi.advanceTimersByTime(250)
    }
  }
}

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance', 'Date'],
  })
  return () => vi.useRealTimers()
})

describe('a player of YouTube', () => {
  it('is saved as it plays, and not where the person sought', () => {
    const playhead = recordingPlayhead()
    const player = new Player()
    const { tracker, detach } = attachYouTube(playhead, player, { contentId: ITEM })
    player.become(PLAYING)
    player.play(5)
    player.time = 30
    vi.advanceTimersByTime(250)
    player.play(4)
    player.become(PAUSED)
    expect(tracker.state.watchedSegments).toEqual([
      [0, 5],
      [30, 34],
    ])
    expect(tracker.state).toMatchObject({ status: 'paused', positionSeconds: 34, durationSeconds: 60 })
    expect(playhead.saved.map(({ event }) => event)).toEqual(['seek', 'pause'])
    player.time = 55
    player.become(PLAYING)
    player.play(5)
    player.become(ENDED)
    expect(playhead.saved.at(-1)).toMatchObject({ event: 'ended' })
    detach()
    expect([...player.listeners.values()].map(({ size }) => size)).toEqual([0, 0])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('goes on where the person was once it plays, as a seek would make it play', async () => {
    const player = new Player()
    attachYouTube(recordingPlayhead(begun(42)), player, { contentId: ITEM })
    await Promise.resolve()
    await Promise.resolve()
    expect(player.sought).toEqual([])
    player.become(PLAYING)
    expect(player.sought).toEqual([42])
    player.become(PAUSED)
    player.become(PLAYING)
    expect(player.sought).toEqual([42])
  })

  it('counts the time at double speed once', () => {
    const playhead = recordingPlayhead()
    const player = new Player()
    player.rate = 2
    const { tracker } = attachYouTube(playhead, player, { contentId: ITEM })
    player.become(PLAYING)
    player.play(5)
    player.become(PAUSED)
    expect(tracker.state.watchedSegments).toEqual([[0, 10]])
    expect(playhead.saved[0]).toMatchObject({ metadata: { watchTimeSeconds: 5, playbackRate: 2 } })
  })
})

it('follows a medium from its first listener to its last', () => {
  const [start, stop] = [vi.fn(), vi.fn()]
  const media = new RemoteMedia(start, stop)
  const listener = vi.fn()
  media.addEventListener('play', listener)
  media.addEventListener('pause', listener)
  expect(start).toHaveBeenCalledOnce()
  media.plays(1)
  media.stops(2)
  expect(listener).toHaveBeenCalledTimes(2)
  media.removeEventListener('play', listener)
  expect(stop).not.toHaveBeenCalled()
  media.removeEventListener('pause', listener)
  expect(stop).toHaveBeenCalledOnce()
})
