import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { cleaned, fromAddress, toAddress, type Choices, type Chosen } from './filters'

/** A page's filters, kept in its address so that going back, a reload and a shared link keep them. */
export class Filtered<Name extends string> implements ReactiveController {
  chosen: Chosen<Name>

  /** `changed` is called after each change, and not at the beginning. */
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

  /** Whether one of these filters narrows the list: then an empty list means that nothing matches. */
  narrowedBy(...names: readonly Name[]): boolean {
    return names.some((name) => this.chosen[name] !== this.choices[name].initial)
  }

  set(values: Partial<Chosen<Name>>): void {
    const next = cleaned(this.choices, (name) => values[name] ?? this.chosen[name])
    if (toAddress(this.choices, next) === toAddress(this.choices, this.chosen)) return
    this.chosen = next
    // The router only follows pushed addresses; a replaced one is the same page.
    const address = `${location.pathname}${toAddress(this.choices, next)}${location.hash}`
    history.replaceState(history.state, '', address)
    this.host.requestUpdate()
    this.changed()
  }
}
