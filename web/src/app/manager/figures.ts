import type { ReactiveController, ReactiveControllerHost, TemplateResult } from 'lit'
import { failed } from '../ui/failed'

/**
 * Something that is loaded, shown, and loaded anew while it is shown. What was there stays when a later load fails: it
 * is `failure` then, and the next load mends it. An answer that a later load has overtaken is dropped.
 */
export class Figures<Data> implements ReactiveController {
  value: Data | null = null
  failure: unknown = null
  #turn = 0

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly ask: () => Promise<Data>,
  ) {
    host.addController(this)
  }

  hostDisconnected(): void {
    this.#turn += 1
  }

  async load(): Promise<void> {
    this.#turn += 1
    const turn = this.#turn
    try {
      const value = await this.ask()
      if (turn !== this.#turn) return
      this.value = value
      this.failure = null
    } catch (reason) {
      if (turn !== this.#turn) return
      this.failure = reason
    }
    this.host.requestUpdate()
  }

  /** Forgets what there was: the next load is of something else. */
  clear(): void {
    this.value = null
    this.failure = null
  }

  failed(lang: string): TemplateResult {
    return failed(this.failure, lang, () => void this.load())
  }
}
