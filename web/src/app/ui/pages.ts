import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { keepRows, placeKept } from './place'

/** The most rows that a list is restored with on return; each page is one more request in sequence. */
const MOST_ROWS_AGAIN = 500

/** Figures that are behind a change are asked for again so often; a change of everyone takes a minute. */
const BEHIND_MILLISECONDS = 5_000

/** One page of a keyset list, as the API gives it. */
export interface Page<Row> {
  readonly items: readonly Row[]
  readonly nextCursor: string | null
  /** When the change was made that the figures do not have yet; null or absent where there is none. */
  readonly asOf?: string | null
}

/**
 * A list that is loaded page by page. `reset` restarts it (another order, another search); an answer that comes after
 * the next `reset` is dropped. Rows stay visible while they are reloaded. A list that one comes back to begins
 * with as many rows as it was left with. Rows whose figures are behind a change are loaded `again` until they are not.
 */
export class Pages<Row> implements ReactiveController {
  rows: readonly Row[] | null = null
  failure: unknown = null
  loading = false
  /** Of the page that came last. */
  asOf: string | null = null
  #behind: ReturnType<typeof setTimeout> | undefined
  #cursor: string | null = null
  #turn = 0

  constructor(
    private readonly host: ReactiveControllerHost & { readonly localName?: string },
    private readonly load: (cursor: string | null) => Promise<Page<Row>>,
    private readonly again = (): unknown => this.refresh((_, fresh) => fresh),
  ) {
    host.addController(this)
  }

  hostDisconnected(): void {
    this.#turn += 1
    clearTimeout(this.#behind)
  }

  get more(): boolean {
    return this.#cursor !== null
  }

  async reset(): Promise<void> {
    this.#cursor = null
    const before = this.rows === null ? (placeKept().rows[this.#name] ?? 0) : 0
    await this.#fetch((items) => items, Math.min(before, MOST_ROWS_AGAIN))
  }

  async next(): Promise<void> {
    if (!this.loading && this.more) {
      const before = this.rows ?? []
      await this.#fetch((items) => [...before, ...items])
    }
  }

  /**
   * Reloads as many rows as there are, silently; `join` merges them with the earlier ones. For
   * pages that a live stream has notified of a change.
   */
  async refresh(join: (before: readonly Row[], fresh: readonly Row[]) => readonly Row[]): Promise<void> {
    if (this.rows === null || this.loading) return
    this.#turn += 1
    const turn = this.#turn
    const fresh: Row[] = []
    let cursor: string | null = null
    try {
      do {
        const page: Page<Row> = await this.load(cursor)
        if (turn !== this.#turn) return
        fresh.push(...page.items)
        this.#became(page.asOf ?? null)
        cursor = page.nextCursor
      } while (cursor !== null && fresh.length < this.rows.length)
      this.rows = join(this.rows, fresh)
      this.#cursor = cursor
      this.failure = null
    } catch (reason) {
      if (turn !== this.#turn) return
      this.failure = reason
      this.#became(this.asOf)
    }
    this.host.requestUpdate()
  }

  /** Other values for the rows that there are. */
  change(rows: readonly Row[]): void {
    this.rows = rows
    this.host.requestUpdate()
  }

  #became(asOf: string | null): void {
    this.asOf = asOf
    clearTimeout(this.#behind)
    if (asOf !== null) this.#behind = setTimeout(this.again, BEHIND_MILLISECONDS)
  }

  get #name(): string {
    return this.host.localName ?? ''
  }

  /** One page, and further ones until there are so many rows. */
  async #fetch(join: (items: readonly Row[]) => readonly Row[], atLeast = 0): Promise<void> {
    this.#turn += 1
    const turn = this.#turn
    this.loading = true
    this.failure = null
    this.host.requestUpdate()
    const fetched: Row[] = []
    try {
      do {
        const page = await this.load(this.#cursor)
        if (turn !== this.#turn) return
        fetched.push(...page.items)
        this.#became(page.asOf ?? null)
        this.rows = join(fetched)
        this.#cursor = page.nextCursor
      } while (this.more && fetched.length < atLeast)
      keepRows(this.#name, this.rows.length)
    } catch (reason) {
      if (turn !== this.#turn) return
      this.failure = reason
    }
    this.loading = false
    this.host.requestUpdate()
  }
}
