import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { nextLoad } from './cadence'

/** Reloads a live page's figures after changes, at the pace of `cadence`, while the page is visible. */
export class Refresher implements ReactiveController {
  #changedAt: number | null = null
  #loadedAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    host: ReactiveControllerHost,
    private readonly load: () => Promise<void>,
  ) {
    host.addController(this)
  }

  hostConnected(): void {
    document.addEventListener('visibilitychange', this.#plan)
  }

  hostDisconnected(): void {
    document.removeEventListener('visibilitychange', this.#plan)
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#changedAt = null
  }

  /** Something has changed just now. */
  changed(): void {
    this.#changedAt = performance.now()
    this.#plan()
  }

  readonly #plan = (): void => {
    if (this.#timer !== undefined || document.hidden) return
    const now = performance.now()
    const at = nextLoad(this.#changedAt, this.#loadedAt, now)
    if (at !== null) this.#timer = setTimeout(() => void this.#run(), at - now)
  }

  async #run(): Promise<void> {
    this.#loadedAt = performance.now()
    await this.load()
    this.#timer = undefined
    this.#plan()
  }
}
