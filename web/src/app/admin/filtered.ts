import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { fromAddress, toAddress, type Choices, type Chosen } from './address'

/** A page's filters, kept in its address. `changed` is called after each change, and not at the beginning. */
export class Filtered<Name extends string> implements ReactiveController {
  chosen: Chosen<Name>

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly choices: Choices<Name>,
    private readonly changed: () => void,
  ) {
    this.chosen = fromAddress(choices, location.search)
    host.addController(this)
  }

  hostConnected(): void {
    this.chosen = fromAddress(this.choices, location.search)
  }

  /** Whether anything but the order is other than by default. */
  get narrowed(): boolean {
    return toAddress(this.choices, { ...this.chosen, sort: this.#initialSort }) !== ''
  }

  /** Choose; a value that there is not is passed over. */
  set(values: Partial<Chosen<Name>>): void {
    for (const [name, value] of Object.entries<string | undefined>(values)) {
      if (value === undefined || !this.choices[name as Name].accepts(value)) return
    }
    this.chosen = { ...this.chosen, ...values }
    // Lit's router hears of pushed addresses only; a replaced one is the same page
    history.replaceState(history.state, '', location.pathname + toAddress(this.choices, this.chosen))
    this.host.requestUpdate()
    this.changed()
  }

  get #initialSort(): string | undefined {
    return (this.choices as Partial<Choices<string>>)['sort']?.initial
  }
}
