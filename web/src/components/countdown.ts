/** A timer that can be held: it goes on with what was left. */
export class Countdown {
  #left = 0
  #startedAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly done: () => void) {}

  /** Restarts, over `milliseconds`. */
  start(milliseconds: number): void {
    this.stop()
    this.#left = milliseconds
    this.resume()
  }

  /** Holds; does nothing when held or stopped already. */
  hold(): void {
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#left -= performance.now() - this.#startedAt
  }

  /** Goes on; does nothing when running or stopped. */
  resume(): void {
    if (this.#timer !== undefined || this.#left <= 0) return
    this.#startedAt = performance.now()
    this.#timer = setTimeout(() => {
      this.stop()
      this.done()
    }, this.#left)
  }

  /** Forgets what was left. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#left = 0
  }
}
