import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** One page of a keyset list, as the API gives it. */
export interface Page<Row> {
  readonly items: readonly Row[]
  readonly nextCursor: string | null
}

/**
 * A list that is loaded page by page. `reset` begins anew (another order, another search); an answer that comes after
 * the next `reset` is dropped. Rows stay to be seen while they are loaded anew.
 */
export class Pages<Row> implements ReactiveController {
  rows: readonly Row[] | null = null
  failure: unknown = null
  loading = false
  #cursor: string | null = null
  #turn = 0

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly load: (cursor: string | null) => Promise<Page<Row>>,
  ) {
    host.addController(this)
  }

  hostDisconnected(): void {
    this.#turn += 1
  }

  get more(): boolean {
    return this.#cursor !== null
  }

  async reset(): Promise<void> {
    this.#cursor = null
    await this.#fetch((items) => items)
  }

  async next(): Promise<void> {
    if (!this.loading && this.more) await this.#fetch((items) => [...(this.rows ?? []), ...items])
  }

  /**
   * Loads as many rows anew as there are, without a sign of it; `join` puts them together with those there were. For
   * pages that something live has told of a change.
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
        cursor = page.nextCursor
      } while (cursor !== null && fresh.length < this.rows.length)
      this.rows = join(this.rows, fresh)
      this.#cursor = cursor
      this.failure = null
    } catch (reason) {
      if (turn !== this.#turn) return
      this.failure = reason
    }
    this.host.requestUpdate()
  }

  /** Other values for the rows that there are. */
  change(rows: readonly Row[]): void {
    this.rows = rows
    this.host.requestUpdate()
  }

  async #fetch(join: (items: readonly Row[]) => readonly Row[]): Promise<void> {
    this.#turn += 1
    const turn = this.#turn
    this.loading = true
    this.failure = null
    this.host.requestUpdate()
    try {
      const page = await this.load(this.#cursor)
      if (turn !== this.#turn) return
      this.rows = join(page.items)
      this.#cursor = page.nextCursor
    } catch (reason) {
      if (turn !== this.#turn) return
      this.failure = reason
    }
    this.loading = false
    this.host.requestUpdate()
  }
}
