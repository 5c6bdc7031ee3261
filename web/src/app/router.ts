/** Which page the address names, and the ways from one page to another. */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { parametersIn, type Parameters } from './path-pattern'

/** How one got to a page: `load` the document's first one · `forward` by a link · `back` by the browser's own buttons. */
export type Way = 'load' | 'forward' | 'back'

export interface Route {
  readonly path: string
  readonly load: () => Promise<unknown>
}

/** A page that is shown. */
export interface Visit<Page> {
  /** Null where the address names none. */
  readonly page: Page | null
  readonly parameters: Parameters
  readonly path: string
  /** A new number for each visit: a link to the page already shown restarts it. */
  readonly number: number
  /** Why its module could not be loaded; null where it was. */
  readonly failure: Error | null
  /** Whether that was tried before. */
  readonly retried: boolean
}

/** What has to be done around a move. */
export interface Travel {
  /** The address is about to change (`forward`), or has just changed (`back`); what is shown has not. */
  leave(way: Way): void
  /** What is shown is the address' page. */
  arrive(way: Way): void
}

/**
 * Loads the page of the address, and again whenever the address changes; `visit` is the one to show. The page that is
 * left stays until the next one is loaded, or has failed to.
 */
export class Router<Page extends Route> implements ReactiveController {
  /** Null until the first page is there. */
  visit: Visit<Page> | null = null
  loading = false
  #number = 0

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly pages: readonly Page[],
    private readonly travel: Travel,
  ) {
    host.addController(this)
  }

  hostConnected(): void {
    addEventListener('click', this.#onClick)
    addEventListener('popstate', this.#onPopState)
    void this.#open('load')
  }

  hostDisconnected(): void {
    removeEventListener('click', this.#onClick)
    removeEventListener('popstate', this.#onPopState)
  }

  /** Go to an address of this origin. */
  go(address: string): void {
    this.travel.leave('forward')
    history.pushState({}, '', address)
    void this.#open('forward')
  }

  /** Load the page of the address once more, after a failure. */
  async retry(): Promise<void> {
    await this.#open('forward', true)
  }

  async #open(way: Way, retried = false): Promise<void> {
    this.#number += 1
    const number = this.#number
    const path = location.pathname
    const [page, parameters] = this.#find(path)
    this.loading = true
    this.host.requestUpdate()
    const failure = await loaded(page)
    if (number !== this.#number) return // the address has changed again
    this.loading = false
    this.visit = { page, parameters, path, number, failure, retried }
    this.host.requestUpdate()
    await this.host.updateComplete
    if (number === this.#number) this.travel.arrive(way)
  }

  #find(path: string): readonly [Page | null, Parameters] {
    for (const page of this.pages) {
      const parameters = parametersIn(path, page.path)
      if (parameters !== null) return [page, parameters]
    }
    return [null, {}]
  }

  readonly #onPopState = (): void => {
    this.travel.leave('back')
    const { visit } = this
    if (visit?.failure !== null || visit.path !== location.pathname) {
      void this.#open('back')
      return
    }
    // of the same page: its query is the page's own business
    this.#number += 1
    this.loading = false
    this.host.requestUpdate()
    this.travel.arrive('back')
  }

  readonly #onClick = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.composedPath().find((each) => each instanceof HTMLAnchorElement)
    if (link === undefined || link.href === '' || link.target !== '' || link.hasAttribute('download')) return
    if (link.origin !== location.origin || link.rel === 'external') return
    event.preventDefault()
    if (link.href !== location.href) this.go(link.href)
  }
}

async function loaded(page: Route | null): Promise<Error | null> {
  try {
    await page?.load()
    return null
  } catch (reason) {
    return reason instanceof Error ? reason : new Error(String(reason))
  }
}
