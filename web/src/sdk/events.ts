/** An `EventTarget` whose events are known by name and detail. */

type Options = boolean | AddEventListenerOptions

/** Emits `CustomEvent`s: `Events` maps each name to its detail. */
export class Emitter<Events extends object> extends EventTarget {
  override addEventListener<Type extends keyof Events & string>(
    type: Type,
    listener: (event: CustomEvent<Events[Type]>) => void,
    options?: Options,
  ): void
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: Options,
  ): void
  override addEventListener(type: string, listener: unknown, options?: Options): void {
    super.addEventListener(type, listener as EventListener | null, options)
  }

  override removeEventListener<Type extends keyof Events & string>(
    type: Type,
    listener: (event: CustomEvent<Events[Type]>) => void,
    options?: Options,
  ): void
  override removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: Options,
  ): void
  override removeEventListener(type: string, listener: unknown, options?: Options): void {
    super.removeEventListener(type, listener as EventListener | null, options)
  }

  /** @internal */
  protected emit<Type extends keyof Events & string>(type: Type, detail: Events[Type]): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}
