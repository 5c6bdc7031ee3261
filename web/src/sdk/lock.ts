/** One tab sends at a time: a Web Lock where there are any; two senders at once only send things twice. */

/** A tab that was frozen while it held the lock must not stop the others for ever. */
const PATIENCE_MS = 15_000

/** Takes turns with the other tabs. */
export class Turns {
  readonly #name: string
  readonly #patience: number
  #release: () => void = () => undefined

  constructor(name: string, patienceMs = PATIENCE_MS) {
    this.#name = name
    this.#patience = patienceMs
  }

  /** Do the work when it is our turn. Rejects as the work does. */
  async take<Value>(work: () => Promise<Value>): Promise<Value> {
    const locks = (navigator as { locks?: LockManager }).locks // absent on pages served by plain http
    let working: Promise<Value> | undefined
    if (locks) {
      await this.#wait(locks, () => {
        working = work()
        const done = working.then(
          () => undefined,
          () => undefined, // it is for our caller, below
        )
        return Promise.race([done, this.#left()])
      })
    }
    return working ?? work()
  }

  /** Let the other tabs have their turn: this one is about to be frozen. */
  release(): void {
    this.#release()
  }

  async #wait(locks: LockManager, granted: () => Promise<void>): Promise<void> {
    const waiting = new AbortController()
    const timer = setTimeout(() => {
      waiting.abort()
    }, this.#patience)
    try {
      await locks.request(this.#name, { signal: waiting.signal }, () => {
        clearTimeout(timer)
        return granted()
      })
    } catch (error) {
      if (!isDomError(error)) throw error // else it was not granted: no turn came, or this document may have no locks
    } finally {
      clearTimeout(timer)
    }
  }

  #left(): Promise<void> {
    return new Promise((resolve) => {
      this.#release = resolve
    })
  }
}

function isDomError(error: unknown): boolean {
  return error instanceof DOMException
}
