/** Which rows have just changed. Times are milliseconds of one clock. */

/** Milliseconds that a mark takes to fade. */
export const FADING = 2_400

export interface Mark {
  readonly at: number
  /** Turns with each change, so that a row that changes again is marked again. */
  readonly turn: 0 | 1
}
export type Marks = ReadonlyMap<string, Mark>

/** The marks with one for each of `ids`; those that have faded are gone, or a row that moves would show its own again. */
export function marked(marks: Marks, ids: readonly string[], now: number): Marks {
  const kept = [...marks].filter(([, { at }]) => now - at < FADING)
  const fresh = ids.map((id): [string, Mark] => [id, { at: now, turn: marks.get(id)?.turn === 0 ? 1 : 0 }])
  return new Map([...kept, ...fresh])
}
