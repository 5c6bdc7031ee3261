/** The queue: what the server has not yet answered, of all persons who used this browser, kept as safely as it allows. */

import { MOST_ENTRIES, surplus, type Entry } from './entry'
import { messageOf } from './errors'
import { memoryStore, type Store } from './store'

const DAY_MS = 86_400_000
/** How long another person's heartbeats are kept: the server accepts none older than this either. */
const OTHERS_MS = 30 * DAY_MS

/** Both stores as one: IndexedDB, and beside it in memory what that would not take. */
export class Queue {
  readonly #durable: Promise<Store | null>
  readonly #memory = memoryStore()
  readonly #report: (message: string) => void
  /** What storage would not delete: it must not be sent again and again. */
  readonly #gone = new Set<string>()

  /** `report` receives a sentence on what storage refused. */
  constructor(open: Promise<Store>, report: (message: string) => void) {
    this.#report = report
    this.#durable = open.catch((error: unknown) => {
      this.#refused(error)
      return null
    })
  }

  /** Keep entries, durably where that is possible. In order: later entries of a session supersede earlier ones. */
  async add(entries: readonly Entry[]): Promise<void> {
    const durable = await this.#durable
    try {
      await (durable ?? this.#memory).put(entries)
    } catch (error) {
      this.#refused(error)
      await this.#memory.put(entries)
    }
    await this.#trim()
  }

  async remove(ids: readonly string[]): Promise<void> {
    const removed = await this.#both((store) => store.delete(ids).then(() => true), false)
    if (!removed.every(Boolean)) for (const id of ids) this.#gone.add(id)
  }

  /** The first entries of one person, in order. */
  async read(owner: string, most: number): Promise<Entry[]> {
    const [kept, unkept] = await this.#both((store) => store.read(owner, most), [])
    const waiting = [...kept, ...unkept].filter(({ id }) => !this.#gone.has(id))
    return waiting.sort((one, other) => one.order - other.order).slice(0, most)
  }

  async has(id: string): Promise<boolean> {
    return !this.#gone.has(id) && (await this.#both((store) => store.has(id), false)).some(Boolean)
  }

  /** How many entries one person, or all, have waiting. */
  async count(owner: string | null): Promise<number> {
    const [kept, unkept] = await this.#both((store) => store.count(owner), 0)
    return kept + unkept
  }

  /** Give one owner's entries to another: what was kept before it was known whose it is. */
  async hand(from: string, to: string): Promise<void> {
    await this.#both(async (store) => {
      const entries = await store.read(from)
      if (entries.length) await store.put(entries.map((entry) => ({ ...entry, owner: to })))
    }, undefined)
  }

  /** Forget what others left behind long ago. */
  async forgetOthers(owner: string, now: number): Promise<void> {
    await this.#both(async (store) => {
      const entries = await store.read(null)
      const stale = entries.filter((entry) => entry.owner !== owner && entry.order < now - OTHERS_MS)
      if (stale.length) await store.delete(stale.map(({ id }) => id))
    }, undefined)
  }

  async close(): Promise<void> {
    ;(await this.#durable)?.close()
  }

  async #trim(): Promise<void> {
    const dropped = await this.#both(async (store) => {
      if ((await store.count(null)) <= MOST_ENTRIES) return 0
      const { superseded, lost } = surplus(await store.read(null))
      if (superseded.length + lost.length) await store.delete([...superseded, ...lost])
      return lost.length
    }, 0)
    const lost = dropped[0] + dropped[1]
    if (lost) this.#report(`Too much waits to be sent; the oldest ${lost} heartbeats were given up.`)
  }

  /** Runs the same read on both stores; a store that fails yields `otherwise`. */
  async #both<Value>(ask: (store: Store) => Promise<Value>, otherwise: Value): Promise<[Value, Value]> {
    const durable = await this.#durable
    const kept = durable
      ? ask(durable).catch((error: unknown) => {
          this.#refused(error)
          return otherwise
        })
      : otherwise
    return Promise.all([kept, ask(this.#memory)])
  }

  #refused(error: unknown): void {
    this.#report(
      `The browser's storage failed, so closing the page may lose what is unsent: ${messageOf(error)}`,
    )
  }
}
