/** Waits for `milliseconds` of quiet, then does it once: many changes in a row cost one request. */
export class Later {
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly milliseconds: number,
    private readonly act: () => void,
  ) {}

  /** Do it soon; a wait under way is kept, so that a steady stream of calls cannot put it off for ever. */
  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.act()
    }, this.milliseconds)
  }

  cancel(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
