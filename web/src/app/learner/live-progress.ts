import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { follow } from '../../api/live'
import type { ListedItem } from '../../api/types'
import type { Services } from '../services'

/** A page with what it works with, as `LiveProgress` needs it. */
type Host = ReactiveControllerHost & { readonly services: Services }

export interface ProgressHandlers {
  /** All items of the person, when the stream begins and after each interruption. */
  readonly snapshot: (items: readonly ListedItem[]) => void
  /** One item, as it is now. */
  readonly change: (item: ListedItem) => void
}

/** One's own progress as it changes, from all one's devices, for as long as the page is shown. */
export class LiveProgress implements ReactiveController {
  #stop: (() => void) | null = null

  constructor(
    private readonly host: Host,
    private readonly handlers: ProgressHandlers,
  ) {
    host.addController(this)
  }

  hostConnected(): void {
    this.#stop = follow(this.host.services.api, '/api/progress/live', {
      on: {
        snapshot: (data) => {
          this.handlers.snapshot((data as { items: ListedItem[] }).items)
        },
        change: (data) => {
          this.handlers.change(data as ListedItem)
        },
      },
    })
  }

  hostDisconnected(): void {
    this.#stop?.()
    this.#stop = null
  }
}
