/** A directory as one CSV file: a `kind` column, and the API's fields as columns by name. Pure. */
import { allFields, KIND, kinds, names, plain, spelt, valueOf, type Name, type Value } from './columns'
import { recordsOf } from './records'
import { UnreadableFile } from './trouble'

/** Why a row is not taken. `told` is the service's own words. */
export type Reason =
  | { readonly code: 'kind' }
  | { readonly code: 'column'; readonly kind: string }
  | { readonly code: 'cells'; readonly cells: number; readonly columns: number }
  | { readonly code: 'number' }
  | { readonly code: 'truth' }
  | { readonly code: 'twice'; readonly line: number }
  | { readonly code: 'gone'; readonly line: number }
  | { readonly code: 'told'; readonly text: string }

/** One thing wrong with one line. */
export interface Fault {
  readonly line: number
  readonly column: string | null
  readonly reason: Reason
  /** Of which kind the row is, where that much could be read. */
  readonly kind: Name | null
}

/** A row as the API takes it, and the line that it begins in. */
export interface FileRow {
  readonly line: number
  readonly kind: Name
  readonly sent: Readonly<Record<string, Value>>
}

export interface DirectoryFile {
  readonly rows: Readonly<Record<Name, readonly FileRow[]>>
  readonly faults: readonly Fault[]
}

const DELIMITERS = [',', ';', '\t'] as const

/** Its text, without a byte order mark. Raises `UnreadableFile` where it is not UTF-8. */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UnreadableFile({ code: 'utf8', line: firstBadLine(bytes) })
  }
}

/** No character of UTF-8 has a line feed within it, so lines can be looked at one by one. */
function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let start = 0
  for (let line = 1; ; line += 1) {
    const end = bytes.indexOf(0x0a, start)
    try {
      decoder.decode(bytes.subarray(start, end === -1 ? undefined : end))
    } catch {
      return line
    }
    if (end === -1) return line
    start = end + 1
  }
}

/** Read it. `kind` is what its rows are, where it has no such column. Raises `UnreadableFile`. */
export function readDirectory(text: string, kind: Name | null = null): DirectoryFile {
  const [first = ''] = text.split('\n', 1)
  const counts = DELIMITERS.map((each) => first.split(each).length)
  const delimiter = DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
  const [header, ...lines] = recordsOf(text, delimiter)
  if (header === undefined) throw new UnreadableFile({ code: 'empty' })
  const columns = columnsOf(header.cells, kind)
  const reader = new Reader(columns, kind, delimiter !== ',')
  for (const { line, cells } of lines) reader.take(line, cells)
  for (const name of names) requireColumns(reader.rows[name], columns)
  return { rows: reader.rows, faults: reader.faults }
}

/** The header in the API's own spelling. */
function columnsOf(header: readonly string[], kind: Name | null): readonly string[] {
  const known = new Map([KIND, ...allFields].map((name) => [plain(name), name]))
  const unknown = header.filter((cell) => !known.has(plain(cell)))
  if (unknown.length > 0) throw new UnreadableFile({ code: 'unknown', columns: unknown })
  const columns = header.map((cell) => known.get(plain(cell)) ?? cell)
  const repeated = columns.filter((name, place) => columns.indexOf(name) !== place)
  if (repeated.length > 0) throw new UnreadableFile({ code: 'repeated', columns: [...new Set(repeated)] })
  if (kind === null && !columns.includes(KIND)) throw new UnreadableFile({ code: 'noKind' })
  return columns
}

class Reader {
  readonly rows: Record<Name, FileRow[]> = {
    content: [],
    people: [],
    teams: [],
    members: [],
    assignments: [],
  }
  readonly faults: Fault[] = []
  readonly #first = new Map<string, number>()

  constructor(
    private readonly columns: readonly string[],
    private readonly fallback: Name | null,
    private readonly decimalComma: boolean,
  ) {}

  take(line: number, cells: readonly string[]): void {
    const told = new Map(
      this.columns.flatMap((name, place) => {
        const cell = cells[place]?.trim() ?? ''
        return cell === '' ? [] : [[name, cell] as const]
      }),
    )
    const kind = this.#kindOf(told.get(KIND))
    told.delete(KIND)
    if (kind === null) {
      this.faults.push({ line, column: KIND, reason: { code: 'kind' }, kind: null })
      return
    }
    const sent: Record<string, Value> = {}
    const faults = [...this.#read(line, kind, told, sent)]
    if (cells.length > this.columns.length) {
      const reason = { code: 'cells', cells: cells.length, columns: this.columns.length } as const
      faults.push({ line, column: null, reason, kind })
    }
    if (faults.length > 0) this.faults.push(...faults)
    else this.#keep({ line, kind, sent })
  }

  #kindOf(cell: string | undefined): Name | null {
    if (!this.columns.includes(KIND)) return this.fallback
    const word = cell?.toLowerCase()
    return names.find((name) => kinds[name].word === word) ?? null
  }

  *#read(
    line: number,
    kind: Name,
    told: ReadonlyMap<string, string>,
    sent: Record<string, Value>,
  ): Iterable<Fault> {
    for (const [column, cell] of told) {
      if (!kinds[kind].fields.includes(column)) {
        yield { line, column, reason: { code: 'column', kind: kinds[kind].word }, kind }
        continue
      }
      const read = valueOf(column, cell, this.decimalComma)
      if ('wrong' in read) yield { line, column, reason: { code: read.wrong }, kind }
      else sent[column] = read.value
    }
  }

  /** Of two rows for one entity the first counts. */
  #keep(row: FileRow): void {
    const key = [row.kind, ...keyOf(row)].join('\n')
    const earlier = this.#first.get(key)
    if (earlier === undefined) {
      this.#first.set(key, row.line)
      this.rows[row.kind].push(row)
      return
    }
    const column = kinds[row.kind].key[0] ?? null
    this.faults.push({ line: row.line, column, reason: { code: 'twice', line: earlier }, kind: row.kind })
  }
}

/** Tells a row from others of its kind. */
export function keyOf({ kind, sent }: FileRow): readonly string[] {
  return kinds[kind].key.map((name) => spelt(String(sent[name] ?? '')))
}

/** Where a column is missing, each row of the kind would be wrong in the same way. */
function requireColumns(rows: readonly FileRow[], columns: readonly string[]): void {
  for (const { line, kind, sent } of rows) {
    const needed = sent['remove'] === true ? kinds[kind].requiredToRemove : kinds[kind].required
    const lacking = needed.filter((name) => !columns.includes(name))
    if (lacking.length > 0) throw new UnreadableFile({ code: 'lacking', line, columns: lacking })
  }
}
