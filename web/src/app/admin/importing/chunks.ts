import type { FileRow } from './file'

/** What one call may hold: the API's own limits, with some room for what is around the rows. */
export const LIMITS = { rows: 5_000, bytes: 4 * 1024 * 1024 - 1_024 }

/** Rows in as few calls as may be, in order. */
export function chunksOf(
  rows: readonly FileRow[],
  limits: { readonly rows: number; readonly bytes: number } = LIMITS,
): readonly (readonly FileRow[])[] {
  const encoder = new TextEncoder()
  const chunks: FileRow[][] = []
  let bytes = 0
  for (const row of rows) {
    const size = encoder.encode(JSON.stringify(row.sent)).byteLength + 1
    const last = chunks.at(-1)
    if (last === undefined || last.length >= limits.rows || bytes + size > limits.bytes) {
      chunks.push([row])
      bytes = size
    } else {
      last.push(row)
      bytes += size
    }
  }
  return chunks
}
