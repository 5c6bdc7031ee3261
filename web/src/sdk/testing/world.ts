/** A service, a browser's page and its storage, fresh for each test; and people who visit. */

import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, vi } from 'vitest'

import type { MediaTracker } from '../media-tracker'
import { createPlayhead, type Playhead } from '../playhead'
import type { PlayheadFailure, PlayheadOptions } from '../types'
import { uuid } from '../uuid'
import { fakePage, type FakePage } from './browser'
import { ModelMedia } from './model-media'
import { progressOf } from './page'
import { Service, tokenOf } from './service'

export const ITEM = '7b0b2a4e-6c1e-4a37-9f0b-0d6d2c0f5a11'
export const OTHER = '1c0c9d0e-8f57-4f0e-9a5b-0a4ed9f1a0b2'
export const EXPIRED = { title: 'Not identified', detail: 'the token has expired' }
export const DOWN = { status: 503, body: { title: 'Not saved', detail: 'the log is away' } }

/** The world of the test that runs; begins and ends with it. */
export function useWorld(): World {
  const world = new World()
  beforeEach(() => world.begin())
  afterEach(() => world.end())
  return world
}

/** Until something holds that events bring about. */
export async function until(holds: () => boolean): Promise<void> {
  await vi.waitFor(
    () => {
      expect(holds()).toBe(true)
    },
    { interval: 5, timeout: 4_000 },
  )
}

/** Real requests and storage; the clocks can be moved on. */
export class World {
  service!: Service
  page!: FakePage
  /** Milliseconds that playing took, on the model's clock. */
  past = 0
  /** Milliseconds by which the device's clock is ahead. */
  ahead = 0
  #storageName = ''
  #open: Playhead[] = []

  async begin(): Promise<void> {
    this.service = await Service.start()
    this.page = fakePage(`${this.service.origin}/watch`)
    this.#storageName = uuid()
    this.#open = []
    this.past = 0
    this.ahead = 0
    const remembered = new Map<string, string>()
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => remembered.get(key) ?? null,
      setItem: (key: string, value: string) => remembered.set(key, value),
    })
    for (const clock of [Date, performance]) {
      const now = clock.now.bind(clock)
      vi.spyOn(clock, 'now').mockImplementation(() => now() + this.past + (clock === Date ? this.ahead : 0))
    }
    this.service.now = () => Date.now() - this.ahead
  }

  async end(): Promise<void> {
    await Promise.all(this.#open.map((playhead) => playhead.close()))
    await this.service.close()
  }

  /** Ann opens the page, or another page of the same browser. */
  visit(options: Partial<PlayheadOptions> = {}): Playhead & { failures: PlayheadFailure[] } {
    const { origin: endpoint } = this.service
    const storageName = this.#storageName
    const playhead = createPlayhead({ endpoint, token: tokenOf('ann'), storageName, ...options })
    this.#open.push(playhead)
    const failures: PlayheadFailure[] = []
    playhead.addEventListener('error', ({ detail }) => failures.push(detail))
    return Object.assign(playhead, { failures })
  }

  /** Attach a medium of two hours; `play` plays so many seconds of it in no time. */
  watch(
    playhead: Playhead,
    contentId = ITEM,
  ): { media: ModelMedia; tracker: MediaTracker; play: (seconds: number) => void } {
    const media = new ModelMedia()
    media.duration = 7_200
    const tracker = playhead.attach(media, { contentId, known: progressOf() })
    const play = (seconds: number): void => {
      media.play()
      media.run(seconds * 1000, (ms) => {
        this.past += ms
      })
    }
    return { media, tracker, play }
  }

  /** Play for so long in a visit that cannot send, and end it. Returns how many heartbeats it kept. */
  async playedInVain(seconds: number): Promise<number> {
    const { answer } = this.service
    this.service.answer = () => DOWN
    const playhead = this.visit()
    const { tracker, play } = this.watch(playhead)
    play(seconds)
    tracker.detach()
    await until(() => playhead.queue.waiting > seconds / 10.5)
    await playhead.close()
    this.service.answer = answer
    this.service.received.length = 0
    return playhead.queue.waiting
  }
}
