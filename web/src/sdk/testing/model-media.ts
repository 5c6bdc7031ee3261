/** A media element as the HTML standard describes it, in steps of simulated time: for tests without a browser. */

import { rangesOf, union, type Range, type Ranges, type TimeRangesLike } from '../ranges'

const TICK_MS = 50
const TIMEUPDATE_MS = 250

/** Plays without pictures. Events are tasks: they follow the change they report, with the next tick. */
export class ModelMedia extends EventTarget {
  duration = 60
  paused = true
  ended = false
  seeking = false
  /** No data: the clock of the media stands still. */
  stalled = false
  /** Begins again at the end, by a seek and without `ended`, as browsers do. */
  loop = false
  /** How much faster than the wall clock the clock of the media runs: sound cards have their own. */
  drift = 0
  /** All that `played` has shown at an event, before the last `load` and since. */
  shown: Ranges = []
  #position = 0
  #rate = 1
  #played: Ranges = []
  #earlier: Ranges = []
  #sinceUpdate = 0
  #tasks: (() => void)[] = []

  get currentTime(): number {
    return this.#position
  }

  set currentTime(target: number) {
    this.seeking = true
    this.#position = Math.min(Math.max(target, 0), this.duration)
    this.ended = false
    this.#task('seeking')
    this.#tasks.push(() => {
      if (!this.seeking) return
      this.seeking = false
      this.dispatch('timeupdate')
      this.dispatch('seeked')
    })
  }

  get playbackRate(): number {
    return this.#rate
  }

  set playbackRate(rate: number) {
    this.#rate = rate
    this.#task('ratechange')
  }

  get played(): TimeRangesLike {
    const ranges = this.#played
    const at = (index: number): Range => ranges[index] ?? [NaN, NaN]
    return { length: ranges.length, start: (index) => at(index)[0], end: (index) => at(index)[1] }
  }

  play(): void {
    if (!this.paused) return
    if (this.ended || this.#position >= this.duration) this.currentTime = 0
    this.paused = false
    this.#task('play')
    this.#task('playing')
  }

  pause(): void {
    if (this.paused) return
    this.paused = true
    this.#task('timeupdate')
    this.#task('pause')
  }

  /** A new `src`. */
  load(): void {
    this.#earlier = this.shown
    this.#played = []
    this.#position = 0
    this.paused = true
    this.ended = false
    this.seeking = false
    this.#tasks = []
    this.#task('emptied')
  }

  /** Let simulated time pass; `pass` moves the clocks. */
  run(ms: number, pass: (ms: number) => void): void {
    for (let left = ms; left > 0; left -= TICK_MS) {
      const step = Math.min(TICK_MS, left)
      pass(step)
      const advanced = this.#advance(step)
      this.settle()
      this.#sinceUpdate += advanced ? step : 0
      if (this.#sinceUpdate >= TIMEUPDATE_MS) this.dispatch('timeupdate')
    }
  }

  /** Run the tasks that wait. */
  settle(): void {
    for (let task = this.#tasks.shift(); task; task = this.#tasks.shift()) task()
  }

  #advance(ms: number): boolean {
    if (this.paused || this.seeking || this.stalled || this.ended) return false
    const from = this.#position
    this.#position = Math.min(from + (ms / 1000) * this.#rate * (1 + this.drift), this.duration)
    this.#played = rangesOf([...this.#played, [from, this.#position]])
    if (this.#position >= this.duration) {
      if (this.loop) this.currentTime = 0
      else this.#end()
    }
    return true
  }

  #end(): void {
    this.ended = true
    this.paused = true
    for (const type of ['timeupdate', 'pause', 'ended']) this.#task(type)
  }

  #task(type: string): void {
    this.#tasks.push(() => {
      this.dispatch(type)
    })
  }

  /** Dispatch an event now. */
  dispatch(type: string): void {
    if (type === 'timeupdate') this.#sinceUpdate = 0
    this.shown = union(this.#earlier, this.#played)
    this.dispatchEvent(new Event(type))
  }
}
