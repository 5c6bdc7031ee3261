import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Api } from '../../api/client'
import { follow, type LiveHandlers } from '../../api/live'

/** A stream that is followed while its element is on the page; another path takes the place of the one before. */
export class Following implements ReactiveController {
  #path: string | null = null
  #stop: (() => void) | null = null

  constructor(
    host: ReactiveControllerHost,
    private readonly handlers: LiveHandlers,
  ) {
    host.addController(this)
  }

  hostDisconnected(): void {
    this.#stop?.()
    this.#stop = null
    this.#path = null
  }

  to(api: Api, path: string): void {
    if (path === this.#path) return
    this.#stop?.()
    this.#path = path
    this.#stop = follow(api, path, this.handlers)
  }
}
