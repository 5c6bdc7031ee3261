/** A file's rows on their way into the directory, in the order in which they refer to one another. */
import type { components } from '../../../api/schema'
import { chunksOf } from './chunks'
import { names, spelt, type Name } from './columns'
import { keyOf, type DirectoryFile, type Fault, type FileRow } from './file'

export type DirectoryUpdate = components['schemas']['DirectoryUpdate']
type Rejection = DirectoryUpdate['rejected'][number]

/** Stores rows of a kind, or with `dryRun` tells what would become of them. */
export type Put = (kind: Name, rows: readonly FileRow['sent'][], dryRun: boolean) => Promise<DirectoryUpdate>

export interface Counts {
  readonly rows: number
  readonly stored: number
  readonly unchanged: number
  readonly removed: number
  readonly rejected: number
}

export interface Outcome {
  readonly counts: Readonly<Record<Name, Counts>>
  /** By line. */
  readonly faults: readonly Fault[]
}

interface Options {
  readonly dryRun: boolean
  /** Hears of rows that have been judged. */
  readonly advance: (rows: number) => void
  readonly signal: AbortSignal
}

/** Send everything. Raises what `put` raises, and `AbortError` between two calls when the signal ends it. */
export async function send(file: DirectoryFile, put: Put, options: Options): Promise<Outcome> {
  const judge = new Judge(file, options.dryRun)
  for (const name of names) {
    for (const rows of chunksOf(file.rows[name])) {
      options.signal.throwIfAborted()
      const update = await put(
        name,
        rows.map(({ sent }) => sent),
        options.dryRun,
      )
      judge.take(name, rows, update)
      options.advance(rows.length)
    }
  }
  return judge.outcome()
}

const REFERS: Readonly<Record<string, Name>> = { contentId: 'content', userId: 'people', teamId: 'teams' }
const TARGETS: Readonly<Record<string, Name>> = { person: 'people', team: 'teams' }

/**
 * Adds up what became of the rows. Each call of a dry run is taken back before the next, which may refer to its rows:
 * what it would find by then is kept here.
 */
class Judge {
  readonly #counts = new Map<Name, { stored: number; unchanged: number; removed: number }>()
  readonly #faults: Fault[]
  readonly #there = new Set<string>()
  readonly #gone = new Map<string, number>()

  constructor(
    file: DirectoryFile,
    private readonly dryRun: boolean,
  ) {
    this.#faults = [...file.faults]
  }

  take(name: Name, rows: readonly FileRow[], update: DirectoryUpdate): void {
    const counts = this.#counts.get(name) ?? { stored: 0, unchanged: 0, removed: 0 }
    this.#counts.set(name, counts)
    const real = this.dryRun
      ? update.rejected.filter((each) => !this.#willBeThere(rows, each))
      : update.rejected
    const refused = new Set(update.rejected.map(({ index }) => index))
    counts.stored += update.upserted + refused.size - new Set(real.map(({ index }) => index)).size
    counts.unchanged += update.unchanged
    counts.removed += update.removed
    for (const { index, field, reason } of real) {
      const line = rows[index]?.line ?? 0
      this.#faults.push({ line, column: field, reason: { code: 'told', text: reason }, kind: name })
    }
    if (!this.dryRun) return
    for (const [index, row] of rows.entries()) {
      if (!refused.has(index) && !this.#expect(row)) counts.stored -= 1
    }
  }

  outcome(): Outcome {
    const faults = this.#faults.toSorted((one, other) => one.line - other.line)
    const counts = Object.fromEntries(
      names.map((name) => {
        const rejected = new Set(faults.filter(({ kind }) => kind === name).map(({ line }) => line)).size
        const { stored, unchanged, removed } = this.#counts.get(name) ?? {
          stored: 0,
          unchanged: 0,
          removed: 0,
        }
        return [name, { rows: stored + unchanged + removed + rejected, stored, unchanged, removed, rejected }]
      }),
    ) as Record<Name, Counts>
    return { counts, faults }
  }

  #willBeThere(rows: readonly FileRow[], { code, field, index }: Rejection): boolean {
    const row = rows[index]
    if (row === undefined || code !== 'unknown') return false
    return references(row).some(([column, entity]) => column === field && this.#there.has(entity))
  }

  /** Whether the row would be kept: not where an earlier one of the file removes what it refers to. */
  #expect(row: FileRow): boolean {
    const removes = row.sent['remove'] === true
    const lost = removes ? [] : references(row).filter(([, entity]) => this.#gone.has(entity))
    for (const [column, entity] of lost) {
      const reason = { code: 'gone', line: this.#gone.get(entity) ?? 0 } as const
      this.#faults.push({ line: row.line, column, reason, kind: row.kind })
    }
    if (lost.length > 0) return false
    const entity = entityOf(row.kind, keyOf(row)[0] ?? '')
    // a removed item is archived, and can still be referred to
    if (removes && row.kind !== 'content') this.#gone.set(entity, row.line)
    if (!removes) this.#there.add(entity)
    return true
  }
}

/** Its fields that name an entity of another kind, and which. */
function references({ kind, sent }: FileRow): readonly (readonly [column: string, entity: string])[] {
  return Object.entries(sent).flatMap(([column, value]) => {
    const named = column === 'targetId' ? TARGETS[String(sent['target'])] : REFERS[column]
    return named === undefined || named === kind
      ? []
      : [[column, entityOf(named, spelt(String(value)))] as const]
  })
}

function entityOf(kind: Name, id: string): string {
  return `${kind} ${id}`
}
