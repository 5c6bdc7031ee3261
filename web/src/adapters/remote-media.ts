/** A medium in a frame of another origin: it plays elsewhere, and its player reports by messages. */

import type { MediaLike } from '../sdk'

/** Further from where the clock should be than this, the person sought. */
const JUMP_SECONDS = 1.5

/** Behaves like a media element. It is followed (`start`) from its first listener to its last (`stop`). */
export class RemoteMedia extends EventTarget implements MediaLike {
  currentTime = 0
  duration = NaN
  paused = true
  ended = false
  seeking = false
  playbackRate = 1
  loop = false
  readonly #start: () => void
  readonly #stop: () => void
  #listeners = 0
  #movedAt = 0

  constructor(start: () => void, stop: () => void) {
    super()
    this.#start = start
    this.#stop = stop
  }

  override addEventListener(type: string, listener: (event: Event) => void): void {
    super.addEventListener(type, listener)
    this.#listeners += 1
    if (this.#listeners === 1) this.#start()
  }

  override removeEventListener(type: string, listener: (event: Event) => void): void {
    super.removeEventListener(type, listener)
    this.#listeners -= 1
    if (this.#listeners === 0) this.#stop()
  }

  /** It plays from here. */
  plays(seconds: number): void {
    this.moves(seconds)
    const was = this.paused
    this.paused = false
    this.ended = false
    if (was) this.#say('play')
    this.#say('playing')
  }

  stops(seconds: number): void {
    this.moves(seconds)
    if (this.paused) return
    this.paused = true
    this.#say('pause')
  }

  finishes(seconds: number): void {
    this.moves(seconds)
    this.paused = true
    this.ended = true
    this.#say('pause')
    this.#say('ended')
  }

  /** It is here now. Where a player does not report a seek, the clock shows it. */
  moves(seconds: number): void {
    const now = performance.now()
    const passed = this.paused ? 0 : ((now - this.#movedAt) / 1000) * this.playbackRate
    const step = seconds - this.currentTime
    this.#movedAt = now
    if (step < -JUMP_SECONDS || step > passed + JUMP_SECONDS) this.seekingBegan()
    this.currentTime = seconds
    if (this.seeking) this.seekingEnded()
    else if (step !== 0) this.#say('timeupdate')
  }

  /** The position stays what it was until the seek is over. */
  seekingBegan(): void {
    if (this.seeking) return
    this.seeking = true
    this.#say('seeking')
  }

  seekingEnded(): void {
    this.seeking = false
    this.#say('seeked')
  }

  changedRate(rate: number): void {
    if (rate === this.playbackRate) return
    this.playbackRate = rate
    this.#say('ratechange')
  }

  lasts(seconds: number): void {
    if (!(seconds > 0) || seconds === this.duration) return
    this.duration = seconds
    this.#say('durationchange')
  }

  #say(type: string): void {
    this.dispatchEvent(new Event(type))
  }
}
