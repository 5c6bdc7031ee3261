import type { ReactiveController, ReactiveControllerHost } from 'lit'

/**
 * Data that is asked for, and asked for again while the page can be seen. What came last stays until something newer is
 * there, a failure included: `failure` beside a `value` means that the value is no longer fresh.
 */
export class Latest<Data> implements ReactiveController {
  value: Data | undefined
  failure: unknown = null
  #timer: ReturnType<typeof setInterval> | undefined
  #turn = 0

  /** With `everyMilliseconds` null, it asks only when `ask` is called. */
  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly load: () => Promise<Data>,
    private readonly everyMilliseconds: number | null = null,
  ) {
    host.addController(this)
  }

  hostConnected(): void {
    if (this.everyMilliseconds === null) return
    document.addEventListener('visibilitychange', this.#onVisibility)
    this.#timer = setInterval(() => {
      if (document.visibilityState === 'visible') void this.refresh()
    }, this.everyMilliseconds)
  }

  hostDisconnected(): void {
    this.#turn += 1
    clearInterval(this.#timer)
    document.removeEventListener('visibilitychange', this.#onVisibility)
  }

  /** Asks again. An answer that a later question has overtaken is dropped. */
  async refresh(): Promise<void> {
    this.#turn += 1
    const turn = this.#turn
    try {
      const value = await this.load()
      if (turn !== this.#turn) return
      this.value = value
      this.failure = null
    } catch (reason) {
      if (turn !== this.#turn) return
      this.failure = reason
    }
    this.host.requestUpdate()
  }

  /** Forget what there was: the next question is for something else. */
  clear(): void {
    this.value = undefined
    this.failure = null
  }

  /** Asks for something else: the earlier answer is dropped. */
  async replace(): Promise<void> {
    this.clear()
    this.host.requestUpdate()
    await this.refresh()
  }

  readonly #onVisibility = (): void => {
    if (document.visibilityState === 'visible') void this.refresh()
  }
}
