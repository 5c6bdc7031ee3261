import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { filtersOf, searchOf, type Filters } from './address'

/** A page's filters, kept in its address so that back, reload and a shared link have them. */
export class Filtered<F extends Filters> implements ReactiveController {
  #now: F

  /** `clean` corrects what was typed into the address; `onChange` reloads. */
  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly defaults: F,
    private readonly clean: (given: F) => F,
    private readonly onChange: () => void,
  ) {
    this.#now = defaults
    host.addController(this)
  }

  hostConnected(): void {
    this.#now = this.clean(filtersOf(location.search, this.defaults))
  }

  get now(): F {
    return this.#now
  }

  /** Whether anything narrows the list: then nothing found is not the same as nothing there. */
  narrowedBy(...names: readonly (keyof F & string)[]): boolean {
    return names.some((name) => this.#now[name] !== this.defaults[name])
  }

  set(changed: Partial<F>): void {
    const next = this.clean({ ...this.#now, ...changed })
    if (searchOf(next, this.#now) === '') return
    this.#now = next
    const search = searchOf(next, this.defaults)
    history.replaceState(history.state, '', `${location.pathname}${search}${location.hash}`)
    this.host.requestUpdate()
    this.onChange()
  }
}
